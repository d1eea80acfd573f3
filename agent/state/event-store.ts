import type { AgentEvent } from '../wire/agent-api.ts'
import type { StateDatabase } from './state-database.ts'

type WithoutNumber<T> = T extends unknown ? Omit<T, 'n' | 'time'> : never
/** An event before it has its number. */
export type AgentEventBody = WithoutNumber<AgentEvent>

/** Events that the gateway has not acknowledged; of more the oldest go, so that a gateway that never does fills no disk. */
export const mostEvents = 10_000

export interface EventStore {
  /** Durable when it returns, unless inside a transaction that is still open. Forgets the oldest past {@link mostEvents}. @throws when the disk does not take it */
  append(event: AgentEventBody, timeMs: number): void
  /** Number of the newest event that ever was, 0 for none. */
  last(): number
  /** Events numbered above `n` in order, at most `limit`. */
  after(n: number, limit: number): AgentEvent[]
  /** Forgets all events up to `n`: the gateway has them. */
  acknowledge(n: number): void
  /** Called when there may be new events. Returns its end. */
  subscribe(run: () => void): () => void
  /** To be called after the transaction of an `append`. */
  announce(): void
}

export function createEventStore(database: StateDatabase): EventStore {
  const { sql } = database
  const insert = sql.prepare('INSERT INTO events (time, body) VALUES (?, ?)')
  const newest = sql.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'events'")
  const page = sql.prepare('SELECT n, time, body FROM events WHERE n > ? ORDER BY n LIMIT ?')
  const forget = sql.prepare('DELETE FROM events WHERE n <= ?')
  const listeners = new Set<() => void>()
  return {
    append: (event, timeMs) => {
      const { lastInsertRowid } = insert.run(timeMs, JSON.stringify(event))
      forget.run(Number(lastInsertRowid) - mostEvents)
    },
    last: () => Number(newest.get()?.['seq'] ?? 0),
    after: (n, limit) =>
      page
        .all(n, limit)
        .map((row) => ({ n: Number(row['n']), time: Number(row['time']), ...JSON.parse(String(row['body'])) }) as AgentEvent),
    acknowledge: (n) => database.transaction(() => void forget.run(n)),
    subscribe: (run) => {
      listeners.add(run)
      return () => void listeners.delete(run)
    },
    announce: () => {
      for (const run of listeners) run()
    },
  }
}
