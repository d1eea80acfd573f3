import type { Decision } from '../decisions/decision.ts'
import { isServiceName, type DeviceId, type PersonId } from '../basics/ids.ts'
import { allDenials, askAboutSession } from './ask-policy.ts'
import { endSession } from './end-session.ts'
import type { LiveSession } from './live-session.ts'
import type { EndReason, Session } from './session.ts'
import type { SessionRoom } from './session-room.ts'

/** Continuous evaluation (design.md, section 5): policy is asked again for sessions that a change touches; one that is not allowed any more ends. */
export async function reconsider(room: SessionRoom, touches: (session: Session) => boolean): Promise<void> {
  await Promise.all(room.list().filter((live) => touches(live.session)).map((live) => reconsiderOne(room, live)))
}

export const ofPerson = (id: PersonId) => (session: Session): boolean => session.personId === id
export const ofDevice = (id: DeviceId) => (session: Session): boolean => session.deviceId === id
export const all = (): boolean => true

export async function reconsiderOne(room: SessionRoom, live: LiveSession): Promise<void> {
  const { session } = live
  if (session.state === 'ended') return
  try {
    const services = session.approval?.services ?? session.request.services.filter(isServiceName)
    const decisions = await askAboutSession(room, session, session.approval === null ? 'request' : 'use', services)
    const denied = decisions.filter((decision) => !decision.result.allow)
    if (denied.length === 0) return armReevaluation(room, live, decisions)
    const codes = [...new Set(allDenials(denied).map((denial) => denial.code))]
    await endSession(room, session.id, { reason: reasonOf(codes), codes })
  } catch (error) {
    room.ports.logger.error({ err: error, session: session.id }, 'a session could not be decided anew and is ended')
    await endSession(room, session.id, { reason: 'error' })
  }
}

/** Time alone may change a decision at `valid_until`: it is asked again then. */
function armReevaluation(room: SessionRoom, live: LiveSession, decisions: readonly Decision[]): void {
  const validUntilS = Math.min(...decisions.map((decision) => decision.result.valid_until))
  const waitMs = Math.max(250, validUntilS * 1000 - room.ports.clock.nowMs())
  live.setTimer(
    'reconsider',
    room.ports.clock.after(waitMs, () => void reconsiderOne(room, live)),
  )
}

/** The one reason that both parties read; the codes say the rest. */
function reasonOf(codes: readonly string[]): EndReason {
  if (codes.includes('device_revoked')) return 'revoked'
  if (codes.includes('device_suspended')) return 'suspended'
  if (codes.includes('switch_off')) return 'switch_off'
  if (codes.includes('time_limit') || codes.includes('approval_expired')) return 'time_limit'
  return 'policy'
}
