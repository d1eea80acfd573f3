import type { Random } from '../../gateway/basics/random.ts'
import type { AccountChange, AccountFeed, FeedEntry } from '../accounts/account-feed.ts'
import type { Database } from './open-database.ts'

export interface SqlFeed extends AccountFeed {
  /** To be called inside a transaction that makes the change. */
  append(change: AccountChange): void
  /** To be called after that transaction is committed. */
  announce(): void
}

const longestStep = 2 ** 20

/** The numbered feed of account changes in SQLite. */
export function createSqlFeed(options: { readonly database: Database; readonly random: Random; readonly nowS: () => number }): SqlFeed {
  const { sql } = options.database
  const listeners = new Set<() => void>()
  const insert = sql.prepare('INSERT INTO feed (n, time, type, sub, detail) VALUES (?, ?, ?, ?, ?)')
  const select = sql.prepare('SELECT n, time, type, sub, detail FROM feed WHERE n > ? ORDER BY n LIMIT ?')
  const selectLast = sql.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'feed'")
  const selectOne = sql.prepare('SELECT 1 FROM feed WHERE n = ?')
  const removeBefore = sql.prepare('DELETE FROM feed WHERE n < ?')
  const last = (): number => Number(selectLast.get()?.['seq'] ?? 0)
  return {
    append({ type, sub, ...detail }) {
      // A random step: another history of this database (a backup that went on by itself) does not give the same numbers.
      const n = last() + 1 + Math.floor(options.random.fraction() * longestStep)
      insert.run(n, options.nowS(), type, sub, JSON.stringify(detail))
    },
    announce() {
      for (const listener of listeners) listener()
    },
    async acknowledge(n) {
      if (selectOne.get(n) === undefined) return false
      removeBefore.run(n)
      return true
    },
    readAfter: async (n, limit) => select.all(n, limit).map(toEntry),
    last: async () => last(),
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
