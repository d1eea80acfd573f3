import type { Clock } from '../basics/clock.ts'

/** Counts failures for each key in windows of time, for at most `maxKeys` keys: the oldest is forgotten first. */
export interface AttemptLimiter {
  isBlocked(key: string): boolean
  /** True when this failure is the one that blocks the key. */
  fail(key: string): boolean
}

export function createAttemptLimiter(options: {
  readonly clock: Clock
  readonly maxFailures: number
  readonly windowMs: number
  readonly maxKeys: number
}): AttemptLimiter {
  const { clock, maxFailures, windowMs, maxKeys } = options
  const windows = new Map<string, { failures: number; readonly endsAt: number }>()

  function current(key: string): { failures: number; readonly endsAt: number } | undefined {
    const window = windows.get(key)
    if (window !== undefined && window.endsAt > clock.monotonicMs()) return window
    windows.delete(key)
    return undefined
  }

  return {
    isBlocked: (key) => (current(key)?.failures ?? 0) >= maxFailures,
    fail(key) {
      const window = current(key) ?? { failures: 0, endsAt: clock.monotonicMs() + windowMs }
      window.failures += 1
      windows.set(key, window)
      for (const oldest of windows.keys()) {
        if (windows.size <= maxKeys) break
        windows.delete(oldest)
      }
      return window.failures === maxFailures
    },
  }
}
