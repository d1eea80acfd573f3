import { CodedError } from '../basics/coded-error.ts'
import { newGrantRequestId } from '../basics/ids.ts'
import type { DeviceId, OrganisationId, ServiceName } from '../basics/ids.ts'
import { scopeOf, wholeInstallation } from '../basics/scope.ts'
import type { Grantor } from '../decisions/policy-reasons.ts'
import { technician } from '../ledger/event.ts'
import type { Role } from '../people/person.ts'
import type { Asker } from '../sessions/decision-facts.ts'
import { visibleDevice } from '../sessions/visible-device.ts'
import type { GrantRequest } from './grant-request.ts'
import { grantEvent, type GrantRoom } from './grant-room.ts'
import { standsAgainst } from './stands-against.ts'

export interface GrantWish {
  readonly about: { readonly deviceId: DeviceId; readonly service: ServiceName; readonly code: string } | null
  readonly note: string
}

/** Of one person, open at the same time. */
const mostOpen = 20
/** Of one person within 24 hours. */
const mostADay = 50
const dayS = 86_400

/** Whose list a request is on. What the customer decides goes to his own administrators where he has some. */
const rolesOf: Readonly<Partial<Record<Grantor, Role>>> = {
  service_administrator: 'service_administrator',
  customer: 'customer_administrator',
  security_team: 'security_team',
}

type Answering = Pick<GrantRequest, 'answeredByRole' | 'answeredByOrganisation'>
const administration: Answering = { answeredByRole: 'service_administrator', answeredByOrganisation: null }

/**
 * Sends what stands against an access to those who can remove it. Only for a machine that the person sees, and only for what policy
 * denies him there now: the answer tells nobody anything that he did not know.
 *
 * @throws CodedError `machine_unknown`, `service_unknown`, `not_denied`, `nobody_to_ask`, `grant_request_exists`, `too_many_grant_requests`
 */
export async function askForGrant(room: GrantRoom, asker: Asker, { about, note }: GrantWish): Promise<GrantRequest> {
  const { person } = asker
  const answering = about === null ? administration : await whoGrants(room, asker, about)
  await demandRoom(room, asker)
  const request: GrantRequest = {
    id: newGrantRequestId(room.random),
    organisationId: person.organisationId,
    personId: person.id,
    about,
    note,
    ...answering,
    state: 'open',
    askedAt: room.clock.nowS(),
    answer: null,
  }
  await room.store.insert(request, [grantEvent('grant.requested', request, technician(person.id))])
  room.changes.tell(request)
  return request
}

async function whoGrants(room: GrantRoom, asker: Asker, about: NonNullable<GrantWish['about']>): Promise<Answering> {
  const device = await visibleDevice(room.sessions, asker, about.deviceId)
  if (!device.services.some(({ name }) => name === about.service))
    throw new CodedError({ code: 'service_unknown', message: 'This machine has no such service.', remedy: 'not_found' })
  if ((await standsAgainst(room, asker, { device, ...about })) !== 'yes')
    throw new CodedError({
      code: 'not_denied',
      message: 'This does not stand against your access now. Look at the machine again.',
      remedy: 'conflict',
    })
  const reasons = room.activePolicy.reasons.denials
  const grantor = Object.hasOwn(reasons, about.code) ? reasons[about.code]?.granted_by : undefined
  const role = grantor === undefined ? undefined : rolesOf[grantor]
  if (role === 'customer_administrator') return customerOrAdministration(room, device.organisationId)
  if (role !== undefined) return { answeredByRole: role, answeredByOrganisation: null }
  throw new CodedError({
    code: 'nobody_to_ask',
    message: 'Nobody can grant this from here. Do what stands beside the reason.',
    remedy: 'conflict',
  })
}

/** A customer without an administrator here is talked with by the service administration, which then has the request. */
async function customerOrAdministration({ sessions }: GrantRoom, organisation: OrganisationId): Promise<Answering> {
  const filter = { role: 'customer_administrator', status: 'active' } as const
  const { items } = await sessions.ports.people.list(scopeOf(organisation), filter, { limit: 1, after: null })
  return items.length === 0 ? administration : { answeredByRole: 'customer_administrator', answeredByOrganisation: organisation }
}

async function demandRoom({ store, clock }: GrantRoom, { person }: Asker): Promise<void> {
  const [open, today] = await Promise.all([
    store.count(wholeInstallation, { person: person.id, open: true }),
    store.count(wholeInstallation, { person: person.id, sinceS: clock.nowS() - dayS }),
  ])
  if (open < mostOpen && today < mostADay) return
  throw new CodedError({
    code: 'too_many_grant_requests',
    message: `You may have ${mostOpen} requests open and ask ${mostADay} times a day. Wait for an answer, or withdraw one.`,
    remedy: 'retry',
    details: { status: 429 },
  })
}
