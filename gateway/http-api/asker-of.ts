import type { SignedIn } from '../sign-in/who-is-signed-in.ts'
import type { Asker } from '../sessions/decision-facts.ts'
import type { HttpApiPorts } from './api-ports.ts'

/** The person behind a request, as policy is asked about him. */
export async function askerOf(ports: HttpApiPorts, { person, signIn }: SignedIn): Promise<Asker> {
  return {
    person,
    organisationName: await ports.sessions.organisationName(person.organisationId),
    authentication: { methods: signIn.methods, time: signIn.authenticatedAt },
    address: signIn.address,
  }
}
