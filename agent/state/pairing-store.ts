import type { StateDatabase } from './state-database.ts'

/** Hashes of the secrets of paired browsers: at most four, a fifth replaces the oldest. */
export interface PairingStore {
  add(secretHash: string, nowMs: number): void
  has(secretHash: string): boolean
}

const maxPairedBrowsers = 4

export function createPairingStore(database: StateDatabase): PairingStore {
  const { sql } = database
  const insert = sql.prepare('INSERT INTO paired (secret_hash, paired_at) VALUES (?, ?)')
  const trim = sql.prepare(
    `DELETE FROM paired WHERE rowid NOT IN (SELECT rowid FROM paired ORDER BY rowid DESC LIMIT ${maxPairedBrowsers})`,
  )
  const find = sql.prepare('SELECT 1 FROM paired WHERE secret_hash = ?')
  return {
    add: (secretHash, nowMs) =>
      database.transaction(() => {
        insert.run(secretHash, nowMs)
        trim.run()
      }),
    has: (secretHash) => find.get(secretHash) !== undefined,
  }
}
