import { switchedOff } from '../../agent/wire/agent-api.ts'
import type { AgentInfo, AgentSnapshot } from '../../agent/wire/agent-api.ts'
import type { SessionRequest } from '../../agent/wire/session-request.ts'
import { isSessionId } from '../basics/ids.ts'
import { wholeInstallation } from '../basics/scope.ts'
import type { DeviceLink } from '../devices/device-link.ts'
import { deviceActor, gatewayActor, type NewEvent } from '../ledger/event.ts'
import { takeChat } from './chat.ts'
import { armDeadlines } from './deadlines.ts'
import { endSession } from './end-session.ts'
import type { LiveSession } from './live-session.ts'
import { noteMachineClock } from './machine-clock.ts'
import { takeCall } from './help-news.ts'
import { panelIs } from './panel-news.ts'
import { endAtAgent } from './receive-approval.ts'
import { ofDevice, reconsider } from './reconsider.ts'
import type { SessionRoom } from './session-room.ts'
import { dropExtension, markTunnel, shown } from './transitions.ts'
import { tellSwitches } from './tell-switches.ts'
import { carryOut, takeConduct, takeWatched } from './machine-news.ts'

/** Follows one tunnel from its connect to its end: what the agent is, what it holds, then its events one after the other. */
export async function followDevice(room: SessionRoom, link: DeviceLink, signal: AbortSignal): Promise<void> {
  const { devices, deviceChanges, clock, logger } = room.ports
  const before = await devices.find(wholeInstallation, link.deviceId)
  if (before === undefined) return link.close('unknown-device')
  const info = await link.info(signal)
  const judged = sessionsToSettle(room, link)
  const asked = extensionsToSettle(room, link)
  const snapshot = await link.snapshot(signal)
  // Numbers that the agent gave are for the life of its state directory; a smaller newest number means a new one.
  const after = snapshot.last_event < before.lastEvent ? 0 : before.lastEvent
  const { services, version: agentVersion, boot } = info
  const offsetS = noteMachineClock(room, link, info)
  const contact = { services, agentVersion, boot, lastEvent: after, lastSeenAt: clock.nowS(), remoteOffAt: null }
  await devices.recordContact(link.deviceId, contact, [connectedEvent(link, info, offsetS)])
  panelIs(room, link, info.panel_connected)
  logger.info({ device: link.deviceId, boot, sameBoot: before.boot === boot }, 'device is connected')
  await tellSwitches(room, link, signal)
  await endSessionsOfOtherBoot(room, link, boot)
  deviceChanges.tell(link.deviceId)
  let settled = snapshot.last_event <= after
  if (settled) await settle(room, link, snapshot, { judged, asked })
  const pace = room.eventPace(link.deviceId)
  for await (const event of link.events(after, signal)) {
    await pace.turn(signal)
    if (signal.aborted || isReplaced(room, link)) return
    await carryOut(room, link, boot, event)
    await devices.recordContact(link.deviceId, { lastEvent: event.n, lastSeenAt: clock.nowS() }, [])
    if (!settled && event.n >= snapshot.last_event) {
      settled = true
      await settle(room, link, snapshot, { judged, asked })
    }
  }
}

/** A newer tunnel repeats every event that this one has not carried out. */
function isReplaced(room: SessionRoom, link: DeviceLink): boolean {
  const current = room.ports.links.get(link.deviceId)
  return current !== undefined && current !== link
}

function connectedEvent(link: DeviceLink, info: AgentInfo, clockOffsetS: number): NewEvent {
  return {
    log: { kind: 'g', device: link.deviceId },
    type: 'tunnel.connected',
    session: null,
    actor: deviceActor(link.deviceId),
    detail: { agent_version: info.version, boot: info.boot, certificate: link.certificateFingerprint, clock_offset_s: clockOffsetS },
  }
}

/** An approval never outlives the process that showed it to the operator. */
async function endSessionsOfOtherBoot(room: SessionRoom, link: DeviceLink, boot: string): Promise<void> {
  const lost = room.ofDevice(link.deviceId).filter(({ session }) => session.approval !== null && session.approval.boot !== boot)
  await Promise.all(lost.map(({ session }) => endSession(room, session.id, { reason: 'device_lost', actor: deviceActor(link.deviceId) })))
}

/** Sessions that the agent must know when it is asked now. One whose request is on its way to it just now is not among them. */
function sessionsToSettle(room: SessionRoom, link: DeviceLink): LiveSession[] {
  const beingShown = room.asking.has(link.deviceId)
  return room.ofDevice(link.deviceId).filter(({ session }) => session.state !== 'requested' || !beingShown)
}

/** The same of questions for more time. */
function extensionsToSettle(room: SessionRoom, link: DeviceLink): SessionRequest[] {
  if (room.asking.has(link.deviceId)) return []
  return room.ofDevice(link.deviceId).flatMap(({ session }) => session.pendingExtension ?? [])
}

interface Unsettled {
  readonly judged: readonly LiveSession[]
  readonly asked: readonly SessionRequest[]
}

/** Once every event before the snapshot is carried out, both sides must know the same sessions. */
async function settle(room: SessionRoom, link: DeviceLink, snapshot: AgentSnapshot, { judged, asked }: Unsettled): Promise<void> {
  const known = new Set([...snapshot.shown, ...snapshot.live.map((session) => session.id)])
  for (const live of judged) {
    if (live.ending) continue
    if (snapshot.shown.includes(live.session.id)) await noteShown(room, live)
    const held = snapshot.live.find(({ id }) => id === live.session.id)
    if (held !== undefined)
      takeConduct(room, live, {
        paused: held.paused,
        viewOnly: held.view_only,
        held: held.held ?? null,
        why: held.why ?? null,
        by: live.conduct.by,
      })
    if (held !== undefined) takeWatched(room, live, held.watched ?? false)
    if (held?.chat !== undefined) takeChat(room, live, held.chat)
    if (known.has(live.session.id)) await tunnelBack(room, live, link)
    else await endSession(room, live.session.id, { reason: 'device_lost', actor: deviceActor(link.deviceId) })
  }
  for (const extension of asked) if (!snapshot.shown.includes(extension.session)) await takeBack(room, extension)
  for (const id of known) {
    if (isSessionId(id) && room.get(id)?.session.deviceId !== link.deviceId) await endAtAgent(room, link, id)
  }
  takeCall(room, link, snapshot.help ?? null)
  await reconsider(room, ofDevice(link.deviceId))
}

/** The gateway died between the storing of a question for more time and the machine's showing it: nobody will answer it. */
async function takeBack(room: SessionRoom, extension: SessionRequest): Promise<void> {
  const live = isSessionId(extension.session) ? room.get(extension.session) : undefined
  if (live === undefined || live.ending) return
  await room.change(live.session.id, (session) =>
    session.pendingExtension?.salt === extension.salt ? dropExtension(session, 'error', gatewayActor) : undefined,
  )
  armDeadlines(room, live)
}

/** The gateway may have died between the machine's showing it and its being stored. */
async function noteShown(room: SessionRoom, live: LiveSession): Promise<void> {
  await room.change(live.session.id, (session) => (session.state === 'requested' ? shown(session, room.ports.clock.nowS()) : undefined))
}

/** Not when this tunnel is lost as well by now: the gap goes on. */
async function tunnelBack(room: SessionRoom, live: LiveSession, link: DeviceLink): Promise<void> {
  if (live.session.tunnelLostAt !== null) {
    await room.change(live.session.id, (session) => {
      const isBack = session.state !== 'ended' && session.tunnelLostAt !== null && room.ports.links.get(link.deviceId) === link
      return isBack ? markTunnel(session, null) : undefined
    })
  }
  armDeadlines(room, live)
}

/** The tunnel is gone: every stream is cut at once, the sessions survive a gap shorter than the grace period. */
export async function tunnelLost(room: SessionRoom, link: DeviceLink, reason: string): Promise<void> {
  const { devices, deviceChanges, clock, logger } = room.ports
  const lost = room.ofDevice(link.deviceId)
  for (const live of lost) {
    live.cutStreams('device_offline')
    takeWatched(room, live, false)
  }
  logger.info({ device: link.deviceId, reason }, 'device is gone')
  const isOff = reason === switchedOff
  if (isOff) room.calls.delete(link.deviceId)
  if (isOff)
    await Promise.all(
      lost.map(({ session }) =>
        endSession(room, session.id, { reason: 'switch_off', actor: deviceActor(link.deviceId), tellAgent: false }),
      ),
    )
  else await Promise.all(lost.map((live) => markLost(room, live)))
  await devices.recordContact(link.deviceId, { lastSeenAt: clock.nowS(), ...(isOff ? { remoteOffAt: clock.nowS() } : {}) }, [
    {
      log: { kind: 'g', device: link.deviceId },
      type: 'tunnel.closed',
      session: null,
      actor: deviceActor(link.deviceId),
      detail: { reason },
    },
  ])
  deviceChanges.tell(link.deviceId)
}

/**
 * Starts the grace period of a session whose tunnel is not there; a newer tunnel that took over lets it go on. Never rejects: a gap whose
 * beginning cannot be stored ends the session.
 */
export async function markLost(room: SessionRoom, live: LiveSession): Promise<void> {
  if (live.ending || room.get(live.session.id) !== live) return
  const { clock, links, logger } = room.ports
  try {
    await room.change(live.session.id, (session) => {
      const goesOn = session.state === 'ended' || session.tunnelLostAt !== null || links.get(session.deviceId) !== undefined
      return goesOn ? undefined : markTunnel(session, clock.nowS())
    })
    armDeadlines(room, live)
  } catch (error) {
    logger.error({ err: error, session: live.session.id }, 'a lost tunnel could not be recorded, its session is ended')
    // What `endSession` cannot store it logs and tries again.
    await endSession(room, live.session.id, { reason: 'device_lost' }).catch(() => undefined)
  }
}
