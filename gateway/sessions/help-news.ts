import type { AgentEvent } from '../../agent/wire/agent-api.ts'
import type { HelpCall } from '../../agent/wire/help-call.ts'
import { isSessionId } from '../basics/ids.ts'
import type { DeviceLink } from '../devices/device-link.ts'
import { deviceActor, sealed, type NewEvent } from '../ledger/event.ts'
import type { SessionRoom } from './session-room.ts'

/** Somebody at the machine calls for help, or the same call changed. */
export async function helpCalled(room: SessionRoom, link: DeviceLink, call: HelpCall): Promise<void> {
  await record(room, link, {
    type: 'help.called',
    session: null,
    actor: { kind: 'operator', id: call.by },
    detail: {
      call: call.id,
      what: sealed(call.what),
      ticket: call.ticket,
      services: call.services,
      lets_in_until: call.lets_in_until,
    },
  })
  takeCall(room, link, call)
}

type HelpOver = AgentEvent & { readonly type: 'help.withdrawn' | 'help.done' }

export async function helpOver(room: SessionRoom, link: DeviceLink, event: HelpOver): Promise<void> {
  const withdrawn = event.type === 'help.withdrawn'
  await record(room, link, {
    type: event.type,
    session: !withdrawn && isSessionId(event.session) ? event.session : null,
    actor: withdrawn ? { kind: 'operator', id: event.by } : deviceActor(link.deviceId),
    detail: { call: event.call },
  })
  if (room.calls.get(link.deviceId)?.id === event.call) takeCall(room, link, null)
}

/** The machine's word on whether it calls now: those who may see it are told. */
export function takeCall(room: SessionRoom, { deviceId }: DeviceLink, call: HelpCall | null): void {
  const before = room.calls.get(deviceId)
  if (before?.id === call?.id && before?.lets_in_until === call?.lets_in_until) return
  if (call === null) room.calls.delete(deviceId)
  else room.calls.set(deviceId, call)
  room.ports.deviceChanges.tell(deviceId)
}

async function record(room: SessionRoom, link: DeviceLink, event: Omit<NewEvent, 'log'>): Promise<void> {
  await room.ports.devices.recordContact(link.deviceId, {}, [{ ...event, log: { kind: 'g', device: link.deviceId } }])
}
