import type { Clock, Timer } from '../basics/clock.ts'
import { clockStepMs } from './losses.ts'

const lookEveryMs = 10_000

/** Tells of each step of the wall clock by more than a minute, beside the boot clock, which nobody can set. */
export function watchClock(clock: Clock, onStep: (byMs: number) => void): { stop(): void } {
  let offsetMs = clock.nowMs() - clock.bootMs()
  let timer: Timer
  const look = (): void => {
    const nowMs = clock.nowMs() - clock.bootMs()
    const byMs = nowMs - offsetMs
    if (Math.abs(byMs) > clockStepMs) {
      offsetMs = nowMs
      onStep(byMs)
    }
    timer = clock.after(lookEveryMs, look)
  }
  timer = clock.after(lookEveryMs, look)
  return { stop: () => timer.cancel() }
}
