import type { AccountChange, AccountFeed, FeedEntry } from '../accounts/account-feed.ts'
import type { Database } from './open-database.ts'

export interface SqlFeed extends AccountFeed {
  /** To be called inside a transaction that makes the change. */
  append(change: AccountChange): void
  /** To be called after that transaction is committed. */
  announce(): void
}

/** The numbered feed of account changes in SQLite. */
export function createSqlFeed(options: { readonly database: Database; readonly nowS: () => number }): SqlFeed {
  const { sql } = options.database
  const listeners = new Set<() => void>()
  const insert = sql.prepare('INSERT INTO feed (time, type, sub, detail) VALUES (?, ?, ?, ?)')
  const select = sql.prepare('SELECT n, time, type, sub, detail FROM feed WHERE n > ? ORDER BY n LIMIT ?')
  const selectLast = sql.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'feed'")
  const remove = sql.prepare('DELETE FROM feed WHERE n <= ?')
  return {
    append({ type, sub, ...detail }) {
      insert.run(options.nowS(), type, sub, JSON.stringify(detail))
    },
    announce() {
      for (const listener of listeners) listener()
    },
    acknowledge: async (n) => void remove.run(n),
    readAfter: async (n, limit) => select.all(n, limit).map(toEntry),
    last: async () => Number(selectLast.get()?.['seq'] ?? 0),
    subscribe(changed) {
      listeners.add(changed)
      return () => void listeners.delete(changed)
    },
  }
}

function toEntry(row: Record<string, unknown>): FeedEntry {
  const { n, time, type, sub, detail } = row
  return { n, time, type, sub, ...(JSON.parse(String(detail)) as object) } as FeedEntry
}
