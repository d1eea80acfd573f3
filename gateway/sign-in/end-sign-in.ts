import { technician } from '../ledger/event.ts'
import type { SignInRoom } from './sign-in-room.ts'
import type { SignedIn } from './who-is-signed-in.ts'

/** Ends the portal's session at once; the address leads to the provider, which ends its own. */
export async function endSignIn(room: SignInRoom, { person, signIn }: SignedIn): Promise<URL> {
  await room.store.delete(signIn.tokenHash)
  await room.events.append([
    {
      log: { kind: 'o', organisation: person.organisationId },
      type: 'sign_in.ended',
      session: null,
      actor: technician(person.id),
      detail: {},
    },
  ])
  return room.client.endSessionUrl(signIn.idToken)
}
