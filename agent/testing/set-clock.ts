import { systemClock, type Clock } from '../basics/clock.ts'

/** The system's clock, whose wall clock somebody sets; what looks at it every 10 s looks sooner. */
export interface SetClock extends Clock {
  /** Milliseconds that the wall clock is ahead; 0 at first. */
  stepMs: number
}

export function setClock(): SetClock {
  const clock: SetClock = {
    ...systemClock,
    stepMs: 0,
    nowMs: () => Date.now() + clock.stepMs,
    nowS: () => Math.floor((Date.now() + clock.stepMs) / 1000),
    after: (ms, run) => systemClock.after(ms === 10_000 ? 250 : ms, run),
  }
  return clock
}
