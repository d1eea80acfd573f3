import type { AgentEvent, AgentInfo, AgentSnapshot } from '../../agent/wire/agent-api.ts'
import { isSessionId, type SessionId } from '../basics/ids.ts'
import { wholeInstallation } from '../basics/scope.ts'
import type { DeviceLink } from '../devices/device-link.ts'
import { deviceActor, type NewEvent } from '../ledger/event.ts'
import { armDeadlines } from './deadlines.ts'
import { endSession } from './end-session.ts'
import type { LiveSession } from './live-session.ts'
import { receiveApproval, receiveRefusal } from './receive-approval.ts'
import { ofDevice, reconsider } from './reconsider.ts'
import type { EndReason } from './session.ts'
import type { SessionRoom } from './session-room.ts'
import { markTunnel } from './transitions.ts'

/** Follows one tunnel from its connect to its end: what the agent is, what it holds, then its events one after the other. */
export async function followDevice(room: SessionRoom, link: DeviceLink, signal: AbortSignal): Promise<void> {
  const { devices, deviceChanges, clock, logger } = room.ports
  const before = await devices.find(wholeInstallation, link.deviceId)
  if (before === undefined) return link.close('unknown-device')
  const info = await link.info(signal)
  const snapshot = await link.snapshot(signal)
  await devices.recordContact(
    link.deviceId,
    { services: info.services, agentVersion: info.version, boot: info.boot, lastSeenAt: clock.nowS() },
    [connectedEvent(link, info)],
  )
  const sameBoot = before.boot === info.boot
  // Numbers that the agent gave are for the life of its state directory; a smaller newest number means a new one.
  const after = snapshot.last_event < before.lastEvent ? 0 : before.lastEvent
  await endSessionsOfOtherBoot(room, link, info.boot)
  deviceChanges.tell(link.deviceId)
  logger.info({ device: link.deviceId, boot: info.boot, sameBoot }, 'device is connected')
  let settled = false
  const settle = async (): Promise<void> => {
    settled = true
    await reconcile(room, link, await link.snapshot(signal))
    await reconsider(room, ofDevice(link.deviceId))
  }
  if (snapshot.last_event <= after) await settle()
  for await (const event of link.events(after, signal)) {
    await carryOut(room, link, info.boot, event)
    await devices.recordContact(link.deviceId, { lastEvent: event.n, lastSeenAt: clock.nowS() }, [])
    if (!settled && event.n >= snapshot.last_event) await settle()
  }
}

function connectedEvent(link: DeviceLink, info: AgentInfo): NewEvent {
  return {
    log: { kind: 'g', device: link.deviceId },
    type: 'tunnel.connected',
    session: null,
    actor: deviceActor(link.deviceId),
    detail: { agent_version: info.version, boot: info.boot, certificate: link.certificateFingerprint },
  }
}

/** An approval never outlives the process that showed it to the operator. */
async function endSessionsOfOtherBoot(room: SessionRoom, link: DeviceLink, boot: string): Promise<void> {
  const lost = room.ofDevice(link.deviceId).filter(({ session }) => session.approval !== null && session.approval.boot !== boot)
  await Promise.all(lost.map(({ session }) => endSession(room, session.id, { reason: 'device_lost', actor: deviceActor(link.deviceId) })))
}

/** After every event that the agent had kept is carried out, both sides must know the same sessions. */
async function reconcile(room: SessionRoom, link: DeviceLink, snapshot: AgentSnapshot): Promise<void> {
  const known = new Set([...snapshot.shown, ...snapshot.live.map((session) => session.id)])
  for (const live of room.ofDevice(link.deviceId)) {
    if (live.session.state === 'requested') continue
    if (!known.has(live.session.id)) await endSession(room, live.session.id, { reason: 'device_lost', actor: deviceActor(link.deviceId) })
    else await tunnelBack(room, live)
  }
  for (const id of known) {
    if (!isSessionId(id) || room.get(id)?.session.deviceId !== link.deviceId) await link.endSession(id as SessionId, 'error', null)
  }
}

async function tunnelBack(room: SessionRoom, live: LiveSession): Promise<void> {
  await room.change(live.session.id, (session) => (session.tunnelLostAt === null ? undefined : markTunnel(session, null)))
  armDeadlines(room, live)
}

/** The tunnel is gone: every stream is cut at once, the sessions survive a gap shorter than the grace period. */
export async function tunnelLost(room: SessionRoom, link: DeviceLink, reason: string): Promise<void> {
  const { devices, deviceChanges, clock, links, logger } = room.ports
  const lost = room.ofDevice(link.deviceId)
  for (const live of lost) live.cutStreams('device_offline')
  logger.info({ device: link.deviceId, reason }, 'device is gone')
  const replaced = links.get(link.deviceId) !== undefined
  await devices.recordContact(link.deviceId, { lastSeenAt: clock.nowS() }, [
    { log: { kind: 'g', device: link.deviceId }, type: 'tunnel.closed', session: null, actor: deviceActor(link.deviceId), detail: { reason } },
  ])
  deviceChanges.tell(link.deviceId)
  if (replaced) return
  for (const live of lost) await markLost(room, live)
}

/** Starts the grace period of a session whose tunnel is not there. */
export async function markLost(room: SessionRoom, live: LiveSession): Promise<void> {
  if (room.get(live.session.id) !== live) return
  const nowS = room.ports.clock.nowS()
  await room.change(live.session.id, (session) => (session.tunnelLostAt === null ? markTunnel(session, nowS) : undefined))
  armDeadlines(room, live)
}

const endReasonOf: Readonly<Record<string, EndReason>> = {
  ended_by_operator: 'ended_by_operator',
  time_limit: 'time_limit',
  switch_off: 'switch_off',
  panel_lost: 'panel_lost',
  device_lost: 'device_lost',
  clock: 'clock',
}

/** Carries out one event of the agent. Repeating it changes nothing: after a crash it comes again. */
async function carryOut(room: SessionRoom, link: DeviceLink, boot: string, event: AgentEvent): Promise<void> {
  switch (event.type) {
    case 'approval.given':
      if (isSessionId(event.session)) await receiveApproval(room, link, boot, event.session, event.approval)
      return
    case 'request.refused':
      if (isSessionId(event.session)) await receiveRefusal(room, link, { ...event, session: event.session })
      return
    case 'session.ended':
      if (isSessionId(event.session) && room.get(event.session)?.session.deviceId === link.deviceId) {
        const reason = endReasonOf[event.reason] ?? 'error'
        await endSession(room, event.session, { reason, actor: { kind: 'operator', id: event.by }, by: event.by, tellAgent: false })
      }
      return
    case 'switch.changed':
      await switchChanged(room, link, event)
      return
    case 'panel.changed':
      room.ports.deviceChanges.tell(link.deviceId)
  }
}

async function switchChanged(room: SessionRoom, link: DeviceLink, event: AgentEvent & { readonly type: 'switch.changed' }): Promise<void> {
  const { devices, deviceChanges } = room.ports
  const device = await devices.find(wholeInstallation, link.deviceId)
  if (device === undefined) return
  const services = device.services.map((service) => (service.name === event.service ? { ...service, enabled: event.enabled } : service))
  await devices.recordContact(link.deviceId, { services }, [
    {
      log: { kind: 'g', device: link.deviceId },
      type: 'switch.changed',
      session: null,
      actor: { kind: 'operator', id: event.by },
      detail: { enabled: event.enabled, service: event.service, where: 'machine' },
    },
  ])
  if (!event.enabled) await endSwitchedOff(room, link, event)
  deviceChanges.tell(link.deviceId)
  await reconsider(room, ofDevice(link.deviceId))
}

/** The agent has cut it already; here is known who turned the switch, which policy could not say. */
async function endSwitchedOff(room: SessionRoom, link: DeviceLink, event: AgentEvent & { readonly type: 'switch.changed' }): Promise<void> {
  const touched = room.ofDevice(link.deviceId).filter(({ session }) => session.approval?.services.some((name) => name === event.service))
  const ending = { reason: 'switch_off', actor: { kind: 'operator', id: event.by }, by: event.by } as const
  await Promise.all(touched.map(({ session }) => endSession(room, session.id, ending)))
}
