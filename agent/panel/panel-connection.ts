import type { Clock } from '../basics/clock.ts'
import type { PanelConnection } from './panel-api.ts'

export interface PanelConnectionHolder {
  get(): PanelConnection
  set(state: PanelConnection['state'], reason: string | null, nextAttemptAtMs: number | null): void
}

/** What the panel says about the connection: the newest state, since when it holds, and why. */
export function createPanelConnection(clock: Clock): PanelConnectionHolder {
  let current: PanelConnection = { state: 'connecting', since: clock.nowMs(), reason: null, next_attempt_at: null }
  return {
    get: () => current,
    set: (state, given, nextAttemptAtMs) => {
      // People at the machine read why there is no connection while it is tried again too.
      const reason = state === 'connecting' ? (given ?? current.reason) : given
      const since = current.state === state && current.reason === reason ? current.since : clock.nowMs()
      current = { state, since, reason, next_attempt_at: nextAttemptAtMs }
    },
  }
}
