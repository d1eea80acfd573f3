import { endSession } from './end-session.ts'
import { reconsiderThese, toleratedJumpMs } from './reconsider.ts'
import type { SessionRoom } from './session-room.ts'

const lookEveryMs = 1_000

/**
 * Notices when the wall clock is set, or when this machine slept and the monotonic clock with it. Deadlines run on the monotonic clock, so
 * a jump back prolongs nothing; what is over by the wall clock after a jump forward ends at once, and everything is decided anew.
 */
export function watchClock(room: SessionRoom): () => void {
  const { clock, logger } = room.ports
  const apart = (): number => clock.nowMs() - clock.monotonicMs()
  let before = apart()
  const look = (): void => {
    const jumpMs = apart() - before
    before += jumpMs
    if (Math.abs(jumpMs) >= toleratedJumpMs) {
      logger.warn({ jump_ms: Math.round(jumpMs) }, 'the wall clock jumped: every session is decided anew')
      void afterJump(room)
    }
    timer = clock.after(lookEveryMs, look)
  }
  let timer = clock.after(lookEveryMs, look)
  return () => timer.cancel()
}

async function afterJump(room: SessionRoom): Promise<void> {
  const nowS = room.ports.clock.nowS()
  const { over = [], runs = [] } = Object.groupBy(room.list(), ({ session }) =>
    nowS < (session.expiresAt ?? session.request.expires_at) ? 'runs' : 'over',
  )
  // `endSession` says in the log what it could not store, and tries again.
  const ending = over.map(({ session }) =>
    endSession(room, session.id, { reason: session.expiresAt === null ? 'approval_timeout' : 'clock' }).catch(() => undefined),
  )
  await Promise.all([...ending, reconsiderThese(room, runs)])
}
