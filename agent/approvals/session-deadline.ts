import type { AgentEndReason } from '../wire/agent-api.ts'
import type { LiveSession, Moment } from './approval-state.ts'

/** Sessions survive a tunnel that is away for less than this; their clock goes on. */
const graceMs = 60_000
/** The wall clock may be ahead of the others by this much before the wall clock counts as set by somebody. */
const toleratedJumpMs = 2_000

/** Why a session is over by time alone, or null. `tunnelLostAtMs` is on the monotonic clock, null while the tunnel is there. */
export function sessionDeadline(live: LiveSession, now: Moment, tunnelLostAtMs: number | null): AgentEndReason | null {
  const leftMs = Math.min(live.deadline.monotonicMs - now.monotonicMs, live.deadline.bootMs - now.bootMs)
  if (leftMs <= 0) return 'time_limit'
  if (now.wallMs >= live.deadline.wallMs) return leftMs > toleratedJumpMs ? 'clock' : 'time_limit'
  if (tunnelLostAtMs !== null && now.monotonicMs - tunnelLostAtMs >= graceMs) return 'device_lost'
  return null
}

/** Start of the next day at the machine's site, Unix milliseconds. */
export function nextLocalMidnight(nowMs: number): number {
  const day = new Date(nowMs)
  day.setHours(24, 0, 0, 0)
  return day.getTime()
}
