import type { Clock } from './basics/clock.ts'
import { newOrganisationId, type OrganisationId } from './basics/ids.ts'
import type { Random } from './basics/random.ts'
import { wholeInstallation } from './basics/scope.ts'
import type { CompiledPolicy } from './decisions/compiled-policy.ts'
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

/** A revision that was not active before is an event of its own. */
export async function recordPolicy(storage: Storage, organisation: OrganisationId, policy: CompiledPolicy, clock: Clock): Promise<void> {
  const known = await storage.installation.get('active_policy')
  if (known?.value.revision === policy.revision) return
  const fact = { revision: policy.revision, activatedAt: clock.nowS() }
  await storage.installation.put('active_policy', fact, known?.version ?? 0, [
    {
      log: { kind: 'o', organisation },
      type: 'policy.activated',
      session: null,
      actor: gatewayActor,
      detail: { previous: known?.value.revision ?? null, revision: policy.revision },
    },
  ])
}
