import type { Clock } from '../basics/clock.ts'
import type { TunnelLimits } from './tunnel-limits.ts'

/**
 * Counts the streams of one tunnel that were cut. A cut costs the agent about as much as a request, so it bears a number of them and then takes them for
 * an attack (CVE-2023-44487) and ends the tunnel: whoever opens and breaks off without end must be held back here, by himself (performance.md, 3).
 */
export interface CancelBudget {
  readonly left: boolean
  spend(): void
}

export function createCancelBudget(clock: Clock, limits: Pick<TunnelLimits, 'cancelBurst' | 'cancelsPerSecond'>): CancelBudget {
  let tokens = limits.cancelBurst
  let filledAtMs = clock.monotonicMs()
  const fill = (): void => {
    const nowMs = clock.monotonicMs()
    tokens = Math.min(limits.cancelBurst, tokens + ((nowMs - filledAtMs) / 1_000) * limits.cancelsPerSecond)
    filledAtMs = nowMs
  }
  return {
    get left() {
      fill()
      return tokens >= 1
    },
    spend() {
      fill()
      // What was open when the last one was spent may still be cut: it is paid for later.
      tokens -= 1
    },
  }
}
