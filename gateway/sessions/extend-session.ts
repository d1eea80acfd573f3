import { requestDigest, type SessionRequest } from '../../agent/wire/session-request.ts'
import { CodedError } from '../basics/coded-error.ts'
import type { ServiceName, SessionId } from '../basics/ids.ts'
import { gatewayActor } from '../ledger/event.ts'
import { isAllowed } from '../decisions/decision.ts'
import { askAboutSession, deniedByPolicy, noteOf } from './ask-policy.ts'
import { armDeadlines } from './deadlines.ts'
import type { LiveSession } from './live-session.ts'
import { notShown, photoDigest, showAtMachine } from './show-at-machine.ts'
import type { Session } from './session.ts'
import type { SessionRoom } from './session-room.ts'
import { askExtension, dropExtension } from './transitions.ts'

/**
 * More time for a live session: policy `extend` and the operator's consent, both anew. Until the press the session goes on under the
 * approval that it has.
 *
 * @throws CodedError `session_over`, `wrong_state`, `extension_pending`, `denied_by_policy`, `machine_offline`, `machine_busy`, `not_now`
 */
export async function extendSession(room: SessionRoom, id: SessionId, durationS: number): Promise<Session> {
  const live = room.demand(id)
  const { session } = live
  if (session.approval === null) throw notApproved()
  const decisions = await askAboutSession(room, session, 'extend', session.approval.services, durationS)
  if (decisions.length === 0 || !decisions.every(isAllowed)) throw deniedByPolicy(decisions)
  const { person } = await room.personOf(session)
  const photo = await room.ports.photos.photoOf(person)
  const asked = extensionRequest(room, session, session.approval.services, durationS, photo)
  // A machine that connects in this moment may not show it yet, and does not lose it by that.
  room.asking.add(session.deviceId)
  try {
    await room.change(id, (current) => askExtension(current, asked, decisions.map(noteOf)))
    armDeadlines(room, live)
    return await showExtension(room, live, asked, photo)
  } finally {
    room.asking.delete(session.deviceId)
  }
}

async function showExtension(room: SessionRoom, live: LiveSession, asked: SessionRequest, photo: Buffer | null): Promise<Session> {
  try {
    const code = await showAtMachine(room, live.session, asked, photo)
    if (code === null) return live.session
    await drop(room, live, asked, code)
    throw notShown(code)
  } catch (error) {
    // The operator's press was faster than the agent's answer: the press counts.
    if (live.session.approval?.requestDigest === requestDigest(asked)) return live.session
    await drop(room, live, asked, 'error')
    throw error
  }
}

const notApproved = (): CodedError =>
  new CodedError({ code: 'wrong_state', message: 'Only a session that the operator has approved can be extended.', remedy: 'conflict' })

/** The question is taken back; the session, where it has not ended, goes on. */
async function drop(room: SessionRoom, live: LiveSession, asked: SessionRequest, how: string): Promise<void> {
  if (live.ending) return
  await room.change(live.session.id, (current) =>
    current.pendingExtension?.salt === asked.salt ? dropExtension(current, how, gatewayActor) : undefined,
  )
  armDeadlines(room, live)
}

function extensionRequest(
  room: SessionRoom,
  session: Session,
  services: readonly ServiceName[],
  durationS: number,
  photo: Buffer | null,
): SessionRequest {
  const nowS = room.ports.clock.nowS()
  const { record, pause_unexplained: pause, ...request } = session.request
  const still = (names: readonly string[]): string[] => services.filter((service) => names.includes(service))
  return {
    ...request,
    ...(record === undefined ? {} : { record: still(record) }),
    ...(pause === undefined ? {} : { pause_unexplained: still(pause) }),
    kind: 'extend',
    technician: { ...session.request.technician, photo_sha256: photoDigest(photo) },
    services: [...services],
    duration_s: durationS,
    requested_at: nowS,
    expires_at: nowS + room.ports.settings.requestTimeoutS,
    salt: room.ports.random.bytes(32).toString('base64'),
  }
}
