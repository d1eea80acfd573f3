import { requestDigest, type SessionRequest } from '../../agent/wire/session-request.ts'
import { CodedError } from '../basics/coded-error.ts'
import { newSessionId, type DeviceId, type PersonId, type ServiceName } from '../basics/ids.ts'
import type { Decision } from '../decisions/decision.ts'
import type { Device } from '../devices/device.ts'
import type { DeviceLink } from '../devices/device-link.ts'
import { askPolicy, deniedByPolicy, noteOf } from './ask-policy.ts'
import { armDeadlines } from './deadlines.ts'
import type { Asker } from './decision-facts.ts'
import { endSession } from './end-session.ts'
import type { LiveSession } from './live-session.ts'
import { checkMachineClock } from './machine-clock.ts'
import { endAtAgent } from './receive-approval.ts'
import { reconsiderOne } from './reconsider.ts'
import { machineOffline, notShown, photoDigest, showAtMachine } from './show-at-machine.ts'
import type { Session } from './session.ts'
import type { SessionRoom } from './session-room.ts'
import { visibleDevice } from './visible-device.ts'
import { request, shown } from './transitions.ts'

export interface AskForSession {
  readonly asker: Asker
  readonly deviceId: DeviceId
  readonly services: readonly ServiceName[]
  readonly purpose: string
  readonly ticket: string | null
  /** The call for help that it answers. */
  readonly help?: string | null
  readonly durationS: number
}

/**
 * A technician asks for a machine: policy `view` (else it does not exist), policy `request` for each service, then the operator is shown it.
 *
 * @throws CodedError `machine_unknown`, `service_unknown`, `denied_by_policy` (details: denials, missing), `machine_offline`,
 *   `machine_busy`, `help_over`, `too_many_sessions`, `machine_clock_wrong`, `not_now`, `not_today`
 */
export async function requestSession(room: SessionRoom, ask: AskForSession): Promise<Session> {
  const device = await visibleDevice(room, ask.asker, ask.deviceId)
  checkServices(device, ask.services)
  checkCall(room, ask)
  const decisions = await askPolicy(room, { ...ask, action: 'request', device, session: null })
  if (decisions.some((decision) => !decision.result.allow)) throw deniedByPolicy(decisions)
  return whileAsking(room, ask.asker.person.id, device, async (link, added) => {
    await checkMachineClock(room, device, link)
    const photo = await room.ports.photos.photoOf(ask.asker.person)
    const live = await room.add(
      request(newSession(room, ask, device, photo, pictureDemands(ask.services, decisions)), decisions.map(noteOf)),
    )
    added()
    armDeadlines(room, live)
    await showFirst(room, live, photo)
    void reconsiderOne(room, live)
    return live.session
  })
}

function checkServices(device: Device, services: readonly ServiceName[]): void {
  const known = new Set(device.services.map((service) => service.name))
  const unknown = services.filter((service) => !known.has(service))
  if (unknown.length === 0 && services.length > 0 && new Set(services).size === services.length) return
  throw new CodedError({
    code: 'service_unknown',
    message:
      unknown.length > 0
        ? `${device.name} does not offer ${unknown.join(', ')}. It offers: ${[...known].join(', ') || 'nothing yet'}.`
        : 'Name at least one service, and each only once.',
    remedy: 'fix',
    problems: [{ path: 'services', message: `one or more of: ${[...known].join(', ')}` }],
  })
}

/** A call is taken by one, and for its own services. */
function checkCall(room: SessionRoom, { deviceId, services, help }: AskForSession): void {
  if (help === undefined || help === null) return
  const call = room.calls.get(deviceId)
  if (call?.id !== help) throw notShown('help_over')
  const others = services.filter((service) => !call.services.includes(service))
  if (others.length === 0) return
  throw new CodedError({
    code: 'service_unknown',
    message: `The call is not for ${others.join(', ')}. It is for: ${call.services.join(', ')}.`,
    remedy: 'fix',
    problems: [{ path: 'services', message: `one or more of: ${call.services.join(', ')}` }],
  })
}

/** One pending question or session at a machine at a time. */
async function whileAsking<Result>(
  room: SessionRoom,
  person: PersonId,
  device: Device,
  /** Calls `added` when the session is among the live ones: from then on it counts as one of those. */
  work: (link: DeviceLink, added: () => void) => Promise<Result>,
): Promise<Result> {
  const link = room.ports.links.get(device.id)
  if (link === undefined) throw machineOffline(device.name)
  if (room.asking.has(device.id) || room.ofDevice(device.id).length > 0) throw busy(device)
  const leave = room.askers.take(person, room.list().filter(({ session }) => session.personId === person).length)
  room.asking.add(device.id)
  try {
    return await work(link, leave)
  } finally {
    room.asking.delete(device.id)
    leave()
  }
}

const busy = (device: Device): CodedError =>
  new CodedError({
    code: 'machine_busy',
    message: `Somebody is asking for ${device.name} or works on it already. Try again later.`,
    remedy: 'conflict',
  })

/** What policy demands of the operator's picture: he is told before he answers. */
function pictureDemands(
  services: readonly ServiceName[],
  decisions: readonly Decision[],
): Pick<SessionRequest, 'record' | 'pause_unexplained'> {
  const those = (demanded: (limits: Decision['result']['limits']) => boolean): ServiceName[] =>
    services.filter((_service, index) => decisions[index] !== undefined && demanded(decisions[index].result.limits))
  const record = those((limits) => limits.record)
  const pause = those((limits) => limits.on_unexplained === 'pause')
  return { ...(record.length === 0 ? {} : { record }), ...(pause.length === 0 ? {} : { pause_unexplained: pause }) }
}

function newSession(
  room: SessionRoom,
  ask: AskForSession,
  device: Device,
  photo: Buffer | null,
  demands: Pick<SessionRequest, 'record' | 'pause_unexplained'>,
): Session {
  const { clock, random, settings } = room.ports
  const nowS = clock.nowS()
  const id = newSessionId(random)
  const asked: SessionRequest = {
    v: 1,
    kind: 'open',
    session: id,
    device: device.id,
    gateway: settings.trustDomain,
    technician: {
      id: ask.asker.person.id,
      name: ask.asker.person.name,
      organisation: ask.asker.organisationName,
      photo_sha256: photoDigest(photo),
    },
    services: ask.services,
    purpose: ask.purpose,
    ticket: ask.ticket,
    ...(ask.help === undefined || ask.help === null ? {} : { help: ask.help }),
    ...demands,
    duration_s: ask.durationS,
    requested_at: nowS,
    expires_at: nowS + settings.requestTimeoutS,
    salt: random.bytes(32).toString('base64'),
  }
  return {
    id,
    organisationId: device.organisationId,
    deviceId: device.id,
    personId: ask.asker.person.id,
    authentication: ask.asker.authentication,
    address: ask.asker.address,
    state: 'requested',
    request: asked,
    requestDigest: requestDigest(asked),
    pendingExtension: null,
    approval: null,
    extensions: 0,
    requestedAt: nowS,
    shownAt: null,
    approvedAt: null,
    openedAt: null,
    expiresAt: null,
    endedAt: null,
    endReason: null,
    endedBy: null,
    endCodes: [],
    tunnelLostAt: null,
    version: 1,
  }
}

async function showFirst(room: SessionRoom, live: LiveSession, photo: Buffer | null): Promise<void> {
  const { id, deviceId } = live.session
  const code = await show(room, live, photo).catch(async (error: unknown) => {
    // The operator's answer was faster than the agent's: the answer counts. So does an ending of another reason.
    if (live.session.state !== 'requested') return null
    await endSession(room, id, { reason: 'error' })
    throw error
  })
  if (code !== null) {
    await endSession(room, id, { reason: code === 'switch_off' ? 'switch_off' : 'refused', codes: [code], tellAgent: false })
    throw notShown(code)
  }
  // An ending may have overtaken the request on its way.
  const link = room.ports.links.get(deviceId)
  if (live.ending && link !== undefined) await endAtAgent(room, link, id)
}

async function show(room: SessionRoom, live: LiveSession, photo: Buffer | null): Promise<string | null> {
  const { id, request: asked } = live.session
  const code = await showAtMachine(room, live.session, asked, photo)
  if (code === null && !live.ending) {
    await room.change(id, (session) => (session.state === 'requested' ? shown(session, room.ports.clock.nowS()) : undefined))
  }
  return code
}
