import { gatewayActor } from '../ledger/event.ts'
import { endSession } from './end-session.ts'
import type { LiveSession } from './live-session.ts'
import type { EndReason } from './session.ts'
import type { SessionRoom } from './session-room.ts'
import { dropExtension } from './transitions.ts'

/** The agent answers by itself when its time is over; the gateway's own end of the question comes this much later. */
const answerSlackS = 5

/**
 * Arms what time alone does to a session: called at start and after each change. Every deadline runs on the monotonic clock of this
 * process; after a restart it is counted anew from the wall clock.
 */
export function armDeadlines(room: SessionRoom, live: LiveSession): void {
  const { session } = live
  const asking = session.state === 'requested' || session.state === 'awaiting_approval'
  endAt(room, live, 'approval', asking ? session.request.expires_at + answerSlackS : null, 'approval_timeout')
  endAt(room, live, 'time_limit', session.expiresAt, 'time_limit')
  endAt(room, live, 'grace', session.tunnelLostAt === null ? null : session.tunnelLostAt + room.ports.settings.gracePeriodS, 'device_lost')
  const extension = session.pendingExtension
  live.setDeadline(room.ports.clock, 'extension', extension === null ? null : extension.expires_at + answerSlackS, () => {
    if (extension !== null) void dropLate(room, live, extension.salt)
  })
}

function endAt(room: SessionRoom, live: LiveSession, name: string, dueS: number | null, reason: EndReason): void {
  live.setDeadline(room.ports.clock, name, dueS, () => {
    endSession(room, live.session.id, { reason, actor: gatewayActor }).catch((error: unknown) => {
      room.ports.logger.error({ err: error, session: live.session.id, reason }, 'a deadline could not be carried out')
    })
  })
}

/** Should the agent's answer be lost, the question for more time still ends. */
async function dropLate(room: SessionRoom, live: LiveSession, salt: string): Promise<void> {
  try {
    await room.change(live.session.id, (session) =>
      session.pendingExtension?.salt === salt ? dropExtension(session, 'timeout', gatewayActor) : undefined,
    )
    armDeadlines(room, live)
  } catch (error) {
    room.ports.logger.warn({ err: error, session: live.session.id }, 'an extension without an answer could not be dropped')
  }
}
