import type { Clock, Timer } from './clock.ts'

/**
 * The time in which this process listened, for judging who keeps silent. By the clock alone, a busy process takes those for silent whose bytes
 * it has not read yet, and cuts the ones that it was about to let in. It goes on only while somebody is judged.
 */
export interface ListenedTime {
  /** Milliseconds, in steps of a look; they only grow. */
  readonly ms: number
  /** Somebody is judged from now on. */
  listen(): void
  stop(): void
}

const lookMs = 100

/** `isNeeded`: whether somebody is still judged. */
export function createListenedTime(clock: Clock, isNeeded: () => boolean): ListenedTime {
  let ms = 0
  let timer: Timer | undefined
  const listen = (): void => {
    if (!isNeeded()) return
    // Between two looks everything was read that had come before the first.
    timer ??= clock.after(lookMs, () => {
      timer = undefined
      ms += lookMs
      listen()
    })
  }
  return {
    get ms() {
      return ms
    },
    listen,
    stop: () => timer?.cancel(),
  }
}
