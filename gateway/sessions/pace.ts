import type { Clock } from '../basics/clock.ts'

/** Lets a burst through, then so many a second: whoever sends more waits, and nothing is lost. */
export interface Pace {
  /** Resolves when it is the next one's turn, or when `signal` fires. */
  turn(signal: AbortSignal): Promise<void>
}

export function createPace(options: { readonly clock: Clock; readonly burst: number; readonly perSecond: number }): Pace {
  const { clock, burst, perSecond } = options
  let tokens = burst
  let atMs = clock.monotonicMs()
  return {
    async turn(signal) {
      const nowMs = clock.monotonicMs()
      tokens = Math.min(burst, tokens + ((nowMs - atMs) / 1000) * perSecond)
      atMs = nowMs
      tokens -= 1
      if (tokens < 0) await wait(clock, (-tokens / perSecond) * 1000, signal)
    },
  }
}

function wait(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      timer.cancel()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = clock.after(ms, done)
    signal.addEventListener('abort', done, { once: true })
    if (signal.aborted) done()
  })
}
