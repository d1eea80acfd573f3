import { gatewayActor } from '../ledger/event.ts'
import { endSession } from './end-session.ts'
import type { LiveSession } from './live-session.ts'
import type { EndReason } from './session.ts'
import type { SessionRoom } from './session-room.ts'

/** The agent answers by itself when its time is over; the gateway's own end of the question comes this much later. */
const answerSlackS = 5

/** Arms what time alone does to a session: called at start and after each change. Every deadline runs on the monotonic clock of this process. */
export function armDeadlines(room: SessionRoom, live: LiveSession): void {
  const { session } = live
  const nowS = room.ports.clock.nowMs() / 1000
  arm(room, live, 'approval', approvalDeadlineS(live), nowS, session.state === 'requested' || session.state === 'awaiting_approval' ? 'approval_timeout' : null)
  arm(room, live, 'time_limit', session.expiresAt, nowS, 'time_limit')
  arm(room, live, 'grace', session.tunnelLostAt === null ? null : session.tunnelLostAt + room.ports.settings.gracePeriodS, nowS, 'device_lost')
}

function approvalDeadlineS({ session }: LiveSession): number | null {
  return session.state === 'requested' || session.state === 'awaiting_approval' ? session.request.expires_at + answerSlackS : null
}

function arm(room: SessionRoom, live: LiveSession, name: string, dueS: number | null, nowS: number, reason: EndReason | null): void {
  if (dueS === null || reason === null) return live.setTimer(name, null)
  const run = (): void => {
    endSession(room, live.session.id, { reason, actor: gatewayActor }).catch((error: unknown) => {
      room.ports.logger.error({ err: error, session: live.session.id, reason }, 'a deadline could not be carried out')
    })
  }
  live.setTimer(name, room.ports.clock.after(Math.max(0, (dueS - nowS) * 1000), run))
}
