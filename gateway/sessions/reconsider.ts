import type { Decision } from '../decisions/decision.ts'
import { isServiceName, type DeviceId, type PersonId } from '../basics/ids.ts'
import { allDenials, askAboutSession, rulesOf } from './ask-policy.ts'
import { endSession } from './end-session.ts'
import type { LiveSession } from './live-session.ts'
import type { EndReason, Session } from './session.ts'
import type { SessionRoom } from './session-room.ts'

/** Continuous evaluation (design.md, section 5): policy is asked again for sessions that a change touches; one that is not allowed any more ends. */
export async function reconsider(room: SessionRoom, touches: (session: Session) => boolean): Promise<void> {
  await Promise.all(
    room
      .list()
      .filter((live) => touches(live.session))
      .map((live) => reconsiderOne(room, live)),
  )
}

export const ofPerson =
  (id: PersonId) =>
  (session: Session): boolean =>
    session.personId === id
export const ofDevice =
  (id: DeviceId) =>
  (session: Session): boolean =>
    session.deviceId === id
export const all = (): boolean => true

/** Never rejects: what cannot be decided ends the session. */
export async function reconsiderOne(room: SessionRoom, live: LiveSession): Promise<void> {
  live.generation += 1
  try {
    await decideAnew(room, live)
  } catch (error) {
    room.ports.logger.error({ err: error, session: live.session.id }, 'a session could not be decided anew and is ended')
    // What `endSession` cannot store it logs and tries again.
    await endSession(room, live.session.id, { reason: 'error' }).catch(() => undefined)
  }
}

async function decideAnew(room: SessionRoom, live: LiveSession): Promise<void> {
  const { session } = live
  if (live.ending) return
  const services = session.approval?.services ?? session.request.services.filter(isServiceName)
  const decisions = await askAboutSession(room, session, session.approval === null ? 'request' : 'use', services)
  if (live.ending) return
  // An approval or an extension came in between: the answer was about the session before it.
  if (live.session.approval?.jws !== session.approval?.jws) return decideAnew(room, live)
  const denied = decisions.filter((decision) => !decision.result.allow)
  if (decisions.length === 0 || denied.length > 0) {
    const codes = [...new Set(allDenials(denied).map((denial) => denial.code))]
    await endSession(room, session.id, { reason: reasonOfDenial(room, live, codes), codes })
    return
  }
  for (const [index, service] of services.entries()) live.withdrawUnless(service, rulesOf(decisions[index]))
  armReevaluation(room, live, decisions)
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

/** The wall clock may step by this much before it counts as set by somebody (or as a machine that slept). */
export const toleratedJumpMs = 2_000

const timeCodes: readonly string[] = ['time_limit', 'approval_expired', 'no_approval']

/** The one reason that both parties read; the codes say the rest. */
export function reasonOfDenial(room: SessionRoom, live: LiveSession, codes: readonly string[]): EndReason {
  if (codes.includes('device_revoked')) return 'revoked'
  if (codes.includes('device_suspended')) return 'suspended'
  if (codes.includes('switch_off')) return 'switch_off'
  if (live.session.approval === null || codes.length === 0 || !codes.every((code) => timeCodes.includes(code))) return 'policy'
  // Its time is not over by the clock that nobody can set: the wall clock was set.
  const early = codes.includes('approval_expired') && (live.msUntil(room.ports.clock, 'time_limit') ?? 0) > toleratedJumpMs
  return early || codes.includes('no_approval') ? 'clock' : 'time_limit'
}
