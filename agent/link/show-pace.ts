import type { Clock } from '../basics/clock.ts'

/** How often a gateway may put something new before the operator. */
export interface ShowPace {
  readonly ready: boolean
  spend(): void
}

const usual = { burst: 30, refillMs: 10_000 }
/** Of a technician's messages in the chat. */
export const chatPace = { messages: 30, refillMs: 1_000 }
/** Of switches that the portal turns on again. */
export const switchPace = { switchedOn: 30, refillMs: 2_000 }

/**
 * A gateway that was taken over could show and withdraw without end: each time a record is written and the panel rings. Nobody who works
 * here asks so often.
 */
export function createShowPace(clock: Clock, { burst, refillMs } = usual): ShowPace {
  let left = burst
  let filledAtMs = clock.monotonicMs()
  const fill = (): void => {
    const nowMs = clock.monotonicMs()
    left = Math.min(burst, left + (nowMs - filledAtMs) / refillMs)
    filledAtMs = nowMs
  }
  return {
    get ready() {
      fill()
      return left >= 1
    },
    spend: () => {
      fill()
      left -= 1
    },
  }
}
