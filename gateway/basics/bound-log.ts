import type { Clock } from './clock.ts'
import type { Logger } from './logger.ts'

/** Where a bound is met before anybody can be told, the operator reads it in the log. */
export interface BoundLog {
  /** @param bound as docs/limits.md calls it */
  met(bound: string, address?: string): void
}

/** A line of one bound, in milliseconds: whoever meets it without end does not fill the log. */
export const oneLineEachMs = 60_000

/** Says it at once, then each minute at most, with how often it was met since the line before. */
export function createBoundLog(clock: Clock, logger: Logger): BoundLog {
  const said = new Map<string, { atMs: number; since: number }>()
  return {
    met(bound, address) {
      const before = said.get(bound)
      const nowMs = clock.monotonicMs()
      if (before !== undefined && nowMs - before.atMs < oneLineEachMs) return void (before.since += 1)
      said.set(bound, { atMs: nowMs, since: 0 })
      logger.warn({ bound, address, times: (before?.since ?? 0) + 1 }, 'a bound was met, and a connection closed: see docs/limits.md')
    },
  }
}
