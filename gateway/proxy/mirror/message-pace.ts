import type { Clock, Timer } from '../../basics/clock.ts'

/** A message that has begun has to become whole in this, and a second for each 16 KiB that are there: whoever keeps one open holds memory of ours. */
export const wholeWithinMs = 20_000
export const slowestBytesPerSecond = 16 * 1024

/** Time of the messages of one recorder, one after the other. */
export interface MessagePace {
  /** Of the message that is not complete so many bytes are here; 0: none has begun. */
  holds(bytes: number): void
  /** A message is whole, or we take nothing for now: the next one has its own time. */
  anew(): void
  stop(): void
}

/** `onLate` is called once at most. */
export function createMessagePace(clock: Clock, onLate: () => void): MessagePace {
  let begunAt: number | undefined
  let held = 0
  let timer: Timer | undefined
  let isStopped = false

  const stop = (): void => {
    isStopped = true
    timer?.cancel()
  }
  const look = (): void => {
    timer = undefined
    if (begunAt === undefined) return
    const leftMs = begunAt + wholeWithinMs + (held / slowestBytesPerSecond) * 1_000 - clock.monotonicMs()
    if (leftMs > 0) timer = clock.after(leftMs, look)
    else {
      stop()
      onLate()
    }
  }
  return {
    holds(bytes) {
      held = bytes
      if (isStopped) return
      if (bytes === 0) begunAt = undefined
      else begunAt ??= clock.monotonicMs()
      if (begunAt !== undefined && timer === undefined) look()
    },
    anew: () => (begunAt = undefined),
    stop,
  }
}
