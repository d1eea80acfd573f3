import { wholeInstallation } from '../../gateway/basics/scope.ts'
import { gatewayActor, sealed } from '../../gateway/ledger/event.ts'
import type { Gateway } from '../../gateway/start-gateway.ts'

/** The demo's issuer has its port in its name; on another port the same people are found under the new name. */
export async function moveIssuer(gateway: Gateway, from: string, to: string): Promise<void> {
  const { people } = gateway.storage
  let after: string | null = null
  do {
    const page = await people.list(wholeInstallation, {}, { limit: 200, after })
    for (const person of page.items.filter(({ issuer }) => issuer === from)) {
      await people.update(wholeInstallation, { ...person, issuer: to, version: person.version + 1 }, [
        {
          log: { kind: 'o', organisation: person.organisationId },
          type: 'account.changed',
          session: null,
          actor: gatewayActor,
          detail: { change: 'issuer', person: sealed(person.id) },
        },
      ])
    }
    after = page.next
  } while (after !== null)
}
