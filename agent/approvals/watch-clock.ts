import type { Clock, Timer } from '../basics/clock.ts'
import type { ClockStore } from '../state/clock-store.ts'
import { clockStepMs } from './losses.ts'

const lookEveryMs = 10_000
/** A disk of a machine is not to be written all the time: over a start of the computer so much may be set back unseen. */
const keepEveryMs = 3_600_000

export interface WatchClockOptions {
  readonly clock: Clock
  readonly kept: ClockStore
  readonly bootId: string | null
  /** The wall clock was set by more than a minute, or was while the agent did not run. */
  readonly onStep: () => void
}

export interface ClockWatch {
  /** Now, and not only when its time has come: before anything is taken for allowed by the wall clock. */
  look(): void
  stop(): void
}

/** Tells of each step of the wall clock by more than a minute, beside the boot clock, which nobody can set. */
export function watchClock({ clock, kept, bootId, onStep }: WatchClockOptions): ClockWatch {
  let offsetMs = clock.nowMs() - clock.bootMs()
  let timer: Timer
  let keptAtMs = 0
  const keep = (): void => {
    keptAtMs = clock.monotonicMs()
    try {
      kept.set({ bootId, wallMs: clock.nowMs(), offsetMs })
    } catch {
      // The disk takes nothing: at the next start the step is found once more.
    }
  }
  const look = (): void => {
    const nowMs = clock.nowMs() - clock.bootMs()
    if (Math.abs(nowMs - offsetMs) <= clockStepMs) return
    offsetMs = nowMs
    keep()
    onStep()
  }
  const watch = (): void => {
    look()
    if (clock.monotonicMs() - keptAtMs >= keepEveryMs) keep()
    timer = clock.after(lookEveryMs, watch)
  }
  if (wasSetMeanwhile({ kept, bootId, offsetMs, nowMs: clock.nowMs() })) onStep()
  keep()
  timer = clock.after(lookEveryMs, watch)
  return {
    look,
    stop: () => {
      timer.cancel()
      keep()
    },
  }
}

/**
 * While the agent did not run. Within one run of the computer every step shows; over another one only a clock that went back: a computer that was off and one
 * whose clock was set forward look the same.
 */
function wasSetMeanwhile(
  options: Pick<WatchClockOptions, 'kept' | 'bootId'> & { readonly offsetMs: number; readonly nowMs: number },
): boolean {
  const before = options.kept.get()
  if (before === null) return false
  if (options.bootId !== null && before.bootId === options.bootId) return Math.abs(options.offsetMs - before.offsetMs) > clockStepMs
  return options.nowMs < before.wallMs - clockStepMs
}
