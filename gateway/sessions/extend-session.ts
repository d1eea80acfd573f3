import { createHash } from 'node:crypto'
import type { SessionRequest } from '../../agent/wire/session-request.ts'
import type { SessionId } from '../basics/ids.ts'
import { isAllowed } from '../decisions/decision.ts'
import { askAboutSession, deniedByPolicy, noteOf } from './ask-policy.ts'
import { notShown, showAtMachine } from './request-session.ts'
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
  const { session } = room.demand(id)
  const services = session.approval?.services ?? []
  const decisions = await askAboutSession(room, session, 'extend', services, durationS)
  if (decisions.length === 0 || !decisions.every(isAllowed)) throw deniedByPolicy(decisions)
  const { person } = await room.personOf(session)
  const photo = await room.ports.photos.photoOf(person)
  const asked = extensionRequest(room, session, durationS, photo)
  await room.change(id, (current) => askExtension(current, asked, decisions.map(noteOf)))
  const drop = (how: string): Promise<Session> =>
    room.change(id, (current) => (current.pendingExtension === null ? undefined : dropExtension(current, how, null)))
  const code = await showAtMachine(room, session, asked, photo).catch(async (error: unknown) => {
    await drop('error')
    throw error
  })
  if (code !== null) {
    await drop(code)
    throw notShown(code)
  }
  armAnswer(room, id, asked, drop)
  return room.demand(id).session
}

function extensionRequest(room: SessionRoom, session: Session, durationS: number, photo: Buffer | null): SessionRequest {
  const nowS = room.ports.clock.nowS()
  return {
    ...session.request,
    kind: 'extend',
    technician: { ...session.request.technician, photo_sha256: photo === null ? null : createHash('sha256').update(photo).digest('base64') },
    services: [...(session.approval?.services ?? [])],
    duration_s: durationS,
    requested_at: nowS,
    expires_at: nowS + room.ports.settings.requestTimeoutS,
    salt: room.ports.random.bytes(32).toString('base64'),
  }
}

/** The agent answers by itself when its time is over; should its answer be lost, the question still ends. */
function armAnswer(room: SessionRoom, id: SessionId, asked: SessionRequest, drop: (how: string) => Promise<Session>): void {
  const waitMs = (asked.expires_at + 5 - room.ports.clock.nowS()) * 1000
  const timer = room.ports.clock.after(waitMs, () => {
    if (room.get(id)?.session.pendingExtension?.salt === asked.salt) void drop('timeout').catch(() => undefined)
  })
  room.get(id)?.setTimer('extension', timer)
}
