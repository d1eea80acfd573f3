import type { Clock } from '../basics/clock.ts'
import type { Logger } from '../basics/logger.ts'
import type { EventStore } from '../state/event-store.ts'
import type { HistoryStore } from '../state/history-store.ts'
import type { StateDatabase } from '../state/state-database.ts'

export interface EndLostOptions {
  readonly database: StateDatabase
  readonly history: HistoryStore
  readonly events: EventStore
  readonly clock: Clock
  readonly logger: Logger
}

/** Sessions that an earlier process of this agent had approved and did not end: it died over them. */
export function endLost({ database, history, events, clock, logger }: EndLostOptions): void {
  const lost = history.unended()
  if (lost.length === 0) return
  database.transaction(() => {
    for (const session of lost) {
      history.end(session, { endedAtMs: clock.nowMs(), reason: 'device_lost', by: null })
      events.append({ type: 'session.ended', session, reason: 'device_lost', by: null }, clock.nowMs())
    }
  })
  logger.warn({ sessions: lost }, 'sessions of an earlier run were ended')
}
