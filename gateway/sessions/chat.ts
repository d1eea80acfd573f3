import type { AgentEvent } from '../../agent/wire/agent-api.ts'
import { chatShown, type ChatMessage } from '../../agent/wire/chat.ts'
import { CodedError } from '../basics/coded-error.ts'
import type { SessionId } from '../basics/ids.ts'
import { wholeInstallation } from '../basics/scope.ts'
import type { DeviceLink } from '../devices/device-link.ts'
import { sealed, technician, type NewEvent } from '../ledger/event.ts'
import type { LiveSession } from './live-session.ts'
import type { SessionRoom } from './session-room.ts'
import { machineOffline } from './show-at-machine.ts'

/**
 * The technician of a live session writes to whoever stands at the machine. Recorded here once the machine has it: nobody is told that
 * something was said which is not kept on both sides.
 *
 * @throws CodedError `session_over`, `wrong_state` (not approved), `machine_offline`, `too_many_messages`
 */
export async function sayInSession(room: SessionRoom, id: SessionId, text: string): Promise<LiveSession> {
  const live = room.demand(id)
  if (live.ending) throw new CodedError({ code: 'session_over', message: 'This session is over.', remedy: 'gone' })
  const { session } = live
  if (session.approval === null)
    throw new CodedError({ code: 'wrong_state', message: 'Nobody at the machine has let you in yet.', remedy: 'conflict' })
  const link = room.ports.links.get(session.deviceId)
  if (link === undefined) throw machineOffline('The machine')
  const { n, at } = await link.say(id, text)
  await record(room, link, id, technician(session.personId), { n, text })
  take(room, live, [{ n, at, from: 'technician', name: session.request.technician.name, text }])
  return live
}

type ChatSaid = AgentEvent & { readonly type: 'chat.said' } & { readonly session: SessionId }

/** Somebody at the panel wrote. What the machine says of its technician is not taken: that is recorded where he says it. */
export async function chatSaid(room: SessionRoom, link: DeviceLink, { session, message }: ChatSaid): Promise<void> {
  const live = room.get(session)
  // One that has ended in the meantime has a history still.
  const { deviceId } = live?.session ?? (await room.ports.store.find(wholeInstallation, session)) ?? {}
  if (deviceId !== link.deviceId || message.from !== 'operator') return
  if (live?.chat.some(({ n, from }) => n === message.n && from === 'operator') === true) return
  const { n, text } = message
  await record(room, link, session, { kind: 'operator', id: message.name }, { n, text })
  if (live !== undefined) take(room, live, [message])
}

/** After a restart of the gateway: what the machine still has. */
export function takeChat(room: SessionRoom, live: LiveSession, messages: readonly ChatMessage[]): void {
  const known = new Set(live.chat.map(({ n }) => n))
  const missing = messages.filter(({ n }) => !known.has(n))
  if (missing.length > 0) take(room, live, missing)
}

function take(room: SessionRoom, live: LiveSession, messages: readonly ChatMessage[]): void {
  live.chat = [...live.chat, ...messages].toSorted((one, other) => one.n - other.n).slice(-chatShown)
  if (!live.ending) room.tell(live.session)
}

async function record(
  room: SessionRoom,
  link: DeviceLink,
  session: SessionId,
  actor: NewEvent['actor'],
  { n, text }: Pick<ChatMessage, 'n' | 'text'>,
): Promise<void> {
  const said = { log: { kind: 'g', device: link.deviceId }, type: 'chat.said', session, actor, detail: { n, text: sealed(text) } } as const
  await room.ports.devices.recordContact(link.deviceId, {}, [said])
}
