import { uptime } from 'node:os'

/** Time is passed in, so that tests own it. Deadlines use `monotonicMs`, records use `nowMs` / `nowS`. */
export interface Clock {
  /** Unix milliseconds. */
  nowMs(): number
  /** Unix seconds, rounded down (NumericDate). */
  nowS(): number
  /** Milliseconds that never fall, of unknown origin. */
  monotonicMs(): number
  /** Milliseconds since the computer started, its sleep included (CLOCK_BOOTTIME); nobody can set it. */
  bootMs(): number
  /** Calls `run` once, not before `delayMs` have passed. The timer does not keep the process alive. */
  after(delayMs: number, run: () => void): Timer
}

export interface Timer {
  cancel(): void
}

/** setTimeout fires at once for delays past 2^31-1 ms, so long waits are made of pieces. */
const longestTimeoutMs = 2_000_000_000

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  nowS: () => Math.floor(Date.now() / 1000),
  monotonicMs: () => performance.now(),
  bootMs: () => uptime() * 1000,
  after(delayMs, run) {
    const dueAt = performance.now() + delayMs
    let handle: NodeJS.Timeout
    const arm = (): void => {
      const leftMs = dueAt - performance.now()
      handle = leftMs > longestTimeoutMs ? setTimeout(arm, longestTimeoutMs) : setTimeout(run, Math.max(0, leftMs))
      handle.unref()
    }
    arm()
    return { cancel: () => clearTimeout(handle) }
  },
}
