import type { Clock } from '../basics/clock.ts'

const lookMs = 10

export const waitMs = (clock: Clock, ms: number): Promise<void> => new Promise((resolve) => void clock.after(ms, resolve))

/** Whether it held before the time was over. */
export async function until(clock: Clock, holds: () => boolean, timeoutMs: number): Promise<boolean> {
  const endMs = clock.monotonicMs() + timeoutMs
  while (!holds()) {
    if (clock.monotonicMs() >= endMs) return false
    await waitMs(clock, lookMs)
  }
  return true
}
