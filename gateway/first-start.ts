import { newOrganisationId, type OrganisationId } from './basics/ids.ts'
import type { Random } from './basics/random.ts'
import { wholeInstallation } from './basics/scope.ts'
import { gatewayActor } from './ledger/event.ts'
import type { Storage } from './storage/create-storage.ts'

/** The organisation that runs this installation, made at the first start. */
export async function serviceOrganisationOf(storage: Storage, name: string, random: Random): Promise<OrganisationId> {
  const known = await storage.installation.get('service_organisation')
  if (known !== undefined) return known.value
  // A crash between the two writes leaves the organisation without the fact that names it.
  const made = (await storage.people.listOrganisations(wholeInstallation)).find(({ kind }) => kind === 'service')
  if (made !== undefined) {
    await storage.installation.put('service_organisation', made.id, 0, [])
    return made.id
  }
  const id = newOrganisationId(random)
  await storage.people.insertOrganisation({ id, name, kind: 'service' }, [
    { log: { kind: 'o', organisation: id }, type: 'organisation.created', session: null, actor: gatewayActor, detail: { name } },
  ])
  await storage.installation.put('service_organisation', id, 0, [])
  return id
}
