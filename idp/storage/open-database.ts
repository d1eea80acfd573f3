import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { CodedError } from '../../gateway/basics/coded-error.ts'
import { migrations } from './migrations.ts'

/** The provider's own database. `transaction` is synchronous: nothing but SQL may happen in it. */
export interface Database {
  readonly sql: DatabaseSync
  transaction<Result>(run: () => Result): Result
  close(): void
}

/** Opens `<dataDir>/idp.sqlite` (0600) and brings its schema up to date. */
export function openDatabase(options: { readonly dataDir: string; readonly nowS: () => number }): Database {
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 })
  const path = join(options.dataDir, 'idp.sqlite')
  const sql = new DatabaseSync(path)
  chmodSync(path, 0o600)
  sql.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000; PRAGMA secure_delete = ON',
  )
  const database = { sql, transaction: transactionOn(sql), close: () => sql.close() }
  migrate(database, options.nowS())
  return database
}

function transactionOn(sql: DatabaseSync): Database['transaction'] {
  return (run) => {
    sql.exec('BEGIN IMMEDIATE')
    try {
      const result = run()
      sql.exec('COMMIT')
      return result
    } catch (error) {
      sql.exec('ROLLBACK')
      throw error
    }
  }
}

function migrate(database: Database, nowS: number): void {
  database.transaction(() => {
    database.sql.exec(
      'CREATE TABLE IF NOT EXISTS migrations (n INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT',
    )
    const applied = Number(database.sql.prepare('SELECT coalesce(max(n), 0) AS n FROM migrations').get()?.['n'])
    const known = migrations.at(-1)?.n ?? 0
    if (applied > known) {
      throw new CodedError({
        code: 'database_too_new',
        message: `The database was written by a newer release (schema ${applied}, this release knows ${known}). Start that release, or restore a backup.`,
        remedy: 'fix',
      })
    }
    for (const migration of migrations.filter(({ n }) => n > applied)) {
      database.sql.exec(migration.sql)
      database.sql.prepare('INSERT INTO migrations (n, name, applied_at) VALUES (?, ?, ?)').run(migration.n, migration.name, nowS)
    }
  })
}
