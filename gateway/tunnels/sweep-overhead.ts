import type { OverheadBudget } from '../../agent/wire/overhead-budget.ts'
import { tunnelSettings } from '../../agent/wire/tunnel-settings.ts'
import type { Clock, Timer } from '../basics/clock.ts'

/** Looks at what every tunnel's device sends beside its streams. */
export interface OverheadSweep {
  /** Calls `onFlood` once when the device has sent more than it may. Gives back the way to stop. */
  watch(budget: Pick<OverheadBudget, 'holds'>, onFlood: () => void): () => void
}

/** One timer for all of them: ten thousand idle tunnels are looked at in a millisecond, and as many timers would take ten. */
export function createOverheadSweep(clock: Clock): OverheadSweep {
  const watched = new Map<object, () => void>()
  let timer: Timer | undefined
  const sweep = (): void => {
    timer = undefined
    for (const look of watched.values()) look()
    later()
  }
  const later = (): void => {
    if (watched.size > 0) timer ??= clock.after(tunnelSettings.overheadLookMs, sweep)
  }
  return {
    watch(budget, onFlood) {
      const stop = (): void => {
        watched.delete(budget)
        if (watched.size > 0) return
        timer?.cancel()
        timer = undefined
      }
      watched.set(budget, () => {
        if (budget.holds()) return
        stop()
        onFlood()
      })
      later()
      return stop
    },
  }
}
