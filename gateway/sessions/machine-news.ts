import type { AgentEvent } from '../../agent/wire/agent-api.ts'
import { isSessionId, type SessionId } from '../basics/ids.ts'
import { wholeInstallation } from '../basics/scope.ts'
import type { DeviceLink, HeardEvent, UnknownAgentEvent } from '../devices/device-link.ts'
import { deviceActor, sealed, type NewEvent } from '../ledger/event.ts'
import { chatSaid } from './chat.ts'
import { endSession } from './end-session.ts'
import { helpCalled, helpOver } from './help-news.ts'
import type { LiveSession, SessionConduct } from './live-session.ts'
import { panelIs } from './panel-news.ts'
import { receiveApproval, receiveRefusal } from './receive-approval.ts'
import type { EndReason } from './session.ts'
import type { SessionRoom } from './session-room.ts'

const endReasonOf: Readonly<Record<string, EndReason>> = {
  ended_by_operator: 'ended_by_operator',
  time_limit: 'time_limit',
  switch_off: 'switch_off',
  panel_lost: 'panel_lost',
  device_lost: 'device_lost',
  clock: 'clock',
}

/** Carries out one event of the agent. Repeating it changes nothing: after a crash it comes again. */
export async function carryOut(room: SessionRoom, link: DeviceLink, boot: string, event: HeardEvent): Promise<void> {
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
        const byOperator = event.by !== null || reason === 'ended_by_operator'
        const actor = byOperator ? ({ kind: 'operator', id: event.by } as const) : deviceActor(link.deviceId)
        await endSession(room, event.session, { reason, actor, by: event.by, tellAgent: false })
      }
      return
    case 'session.conduct':
      if (isSessionId(event.session)) await conductChanged(room, link, { ...event, session: event.session })
      return
    case 'session.watched':
      if (isSessionId(event.session) && room.get(event.session)?.session.deviceId === link.deviceId)
        takeWatched(room, room.demand(event.session), event.watched)
      return
    case 'switch.changed':
      await switchChanged(room, link, event)
      return
    case 'mode.changed':
      await modeChanged(room, link, event)
      return
    case 'window.changed':
      await record(room, link, {
        type: 'window.changed',
        actor: { kind: 'operator', id: event.by },
        detail: {
          planned: event.planned,
          technician: sealed(event.technician),
          services: event.services,
          from: event.from,
          until: event.until,
        },
      })
      return
    case 'remote.changed':
      await record(room, link, {
        type: 'remote.changed',
        actor: { kind: 'operator', id: event.by },
        detail: { enabled: event.enabled, where: 'machine' },
      })
      return
    case 'chat.said':
      if (isSessionId(event.session)) await chatSaid(room, link, { ...event, session: event.session })
      return
    case 'help.called':
      await helpCalled(room, link, event.call)
      return
    case 'help.withdrawn':
    case 'help.done':
      await helpOver(room, link, event)
      return
    case 'pin.paused':
      // Somebody at the machine guesses at an operator's PIN.
      await record(room, link, {
        type: 'pin.paused',
        actor: deviceActor(link.deviceId),
        detail: { operator: sealed(event.operator), wrong: event.wrong },
      })
      return
    case 'update.changed':
      await record(room, link, {
        type: 'update.changed',
        actor: event.by === null ? deviceActor(link.deviceId) : { kind: 'operator', id: event.by },
        detail: { what: event.what, version: event.version, from: event.from, reason: event.reason },
      })
      return
    case 'panel.changed':
      panelIs(room, link, event.connected)
      room.ports.deviceChanges.tell(link.deviceId)
      return
    case 'unknown':
      await keepUnknown(room, link, event)
  }
}

/** Nothing of it is believed or acted on. With its number in the same transaction, so that it is kept once. */
async function keepUnknown(room: SessionRoom, link: DeviceLink, { n, name, session, json, cut }: UnknownAgentEvent): Promise<void> {
  const ofDevice = session !== null && isSessionId(session) && room.get(session)?.session.deviceId === link.deviceId
  await room.ports.devices.recordContact(link.deviceId, { lastEvent: n }, [
    {
      log: { kind: 'g', device: link.deviceId },
      type: 'entry.unknown',
      session: ofDevice ? session : null,
      actor: deviceActor(link.deviceId),
      // It may name people.
      detail: { name, json: sealed(json), cut },
    },
  ])
  room.ports.logger.warn(
    { device: link.deviceId, event: name },
    'an event of an agent that is newer than this gateway: kept, not understood',
  )
}

type ConductChanged = AgentEvent & { readonly type: 'session.conduct' } & { readonly session: SessionId }

/** The operator pauses the session, lets it only look, or takes that back. The agent enforces it; here people are told, and nobody is cut for standing still. */
async function conductChanged(
  room: SessionRoom,
  link: DeviceLink,
  { session, paused, view_only: viewOnly, held = null, why = null, by }: ConductChanged,
): Promise<void> {
  const live = room.get(session)
  if (live === undefined || live.session.deviceId !== link.deviceId) return
  await room.ports.devices.recordContact(link.deviceId, {}, [
    {
      log: { kind: 'g', device: link.deviceId },
      type: 'session.conduct',
      session,
      // A hold comes and goes by itself.
      actor: why === null && isOperators(live, { paused, viewOnly }) ? { kind: 'operator', id: by } : deviceActor(link.deviceId),
      detail: { paused, view_only: viewOnly, held, ...(why === null ? {} : { why }) },
    },
  ])
  takeConduct(room, live, { paused, viewOnly, held, why, by })
}

export function takeConduct(room: SessionRoom, live: LiveSession, conduct: Omit<SessionConduct, 'changedAtMs'>): void {
  const word = isOperators(live, conduct)
  if (!word && conduct.held === live.conduct.held && conduct.why === live.conduct.why) return
  // Whoever paused it stays named while something else holds it too.
  const by = word ? conduct.by : live.conduct.by
  live.conduct = { ...conduct, by, changedAtMs: room.ports.clock.monotonicMs() }
  room.tell(live.session)
}

/** Whether somebody at the machine has the technician's pages before him: told to the technician, kept nowhere. */
export function takeWatched(room: SessionRoom, live: LiveSession, watched: boolean): void {
  if (live.watched === watched) return
  live.watched = watched
  room.tell(live.session)
}

/** The operator's word is another, not only what holds it beside that. */
function isOperators({ conduct }: LiveSession, { paused, viewOnly }: Pick<SessionConduct, 'paused' | 'viewOnly'>): boolean {
  return conduct.paused !== paused || conduct.viewOnly !== viewOnly
}

/** What happened at the machine, besides its sessions. */
async function record(room: SessionRoom, link: DeviceLink, event: Pick<NewEvent, 'type' | 'actor' | 'detail'>): Promise<void> {
  await room.ports.devices.recordContact(link.deviceId, {}, [{ ...event, log: { kind: 'g', device: link.deviceId }, session: null }])
}

/** How the operators let a service be entered without a press: told to people, and never chosen here. */
async function modeChanged(room: SessionRoom, link: DeviceLink, event: AgentEvent & { readonly type: 'mode.changed' }): Promise<void> {
  const { devices, deviceChanges } = room.ports
  const device = await devices.find(wholeInstallation, link.deviceId)
  const services = device?.services.map((service) => (service.name === event.service ? { ...service, mode: event.mode } : service)) ?? []
  await devices.recordContact(link.deviceId, { services }, [
    {
      log: { kind: 'g', device: link.deviceId },
      type: 'mode.changed',
      session: null,
      actor: { kind: 'operator', id: event.by },
      detail: { service: event.service, mode: event.mode, minutes: event.minutes },
    },
  ])
  deviceChanges.tell(link.deviceId)
}

async function switchChanged(room: SessionRoom, link: DeviceLink, event: AgentEvent & { readonly type: 'switch.changed' }): Promise<void> {
  const { devices, deviceChanges } = room.ports
  const device = await devices.find(wholeInstallation, link.deviceId)
  const before = device?.services.find((service) => service.name === event.service)
  // A service that it does not have, or a repeated event.
  if (device === undefined || before === undefined || before.enabled === event.enabled) return
  const services = device.services.map((service) => (service === before ? { ...service, enabled: event.enabled } : service))
  await devices.recordContact(link.deviceId, { services }, [
    {
      log: { kind: 'g', device: link.deviceId },
      type: 'switch.changed',
      session: null,
      actor: { kind: 'operator', id: event.by },
      detail: { enabled: event.enabled, service: event.service, where: 'machine' },
    },
  ])
  // Whoever depends on it hears it, its sessions first of all.
  deviceChanges.tell(link.deviceId)
}
