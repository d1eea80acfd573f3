import type { Clock } from '../basics/clock.ts'
import type { PanelConnection, PanelStranger } from './panel-api.ts'

/** What the link or the enrolment says. */
export interface ConnectionNews {
  readonly state: PanelConnection['state']
  readonly reason?: string | null
  readonly stranger?: PanelStranger | null
  readonly nextAttemptAtMs?: number | null
  readonly code?: string | null
}

export interface PanelConnectionHolder {
  get(): PanelConnection
  set(news: ConnectionNews): void
}

/** What the panel says about the connection: the newest state, since when it holds, and why. */
export function createPanelConnection(clock: Clock): PanelConnectionHolder {
  let current: PanelConnection = {
    state: 'connecting',
    since: clock.nowMs(),
    reason: null,
    stranger: null,
    next_attempt_at: null,
    enrolment_code: null,
  }
  return {
    get: () => current,
    set: ({ state, reason: given = null, stranger: seen = null, nextAttemptAtMs = null, code = null }) => {
      // People at the machine read why there is no connection while it is tried again too.
      const trying = state === 'connecting' || state === 'enrolling'
      const { reason, stranger } = trying && given === null ? current : { reason: given, stranger: seen }
      const since = current.state === state && current.reason === reason ? current.since : clock.nowMs()
      // It stays in sight while it is asked again.
      const enrolment_code = trying && given === null ? (current.enrolment_code ?? null) : code
      current = { state, since, reason, stranger, next_attempt_at: nextAttemptAtMs, ...(enrolment_code === null ? {} : { enrolment_code }) }
    },
  }
}
