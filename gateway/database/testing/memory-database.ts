import { DatabaseSync } from 'node:sqlite'
import { Kysely } from 'kysely'
import type { CodedError } from '../../basics/coded-error.ts'
import type { Database, Migration } from '../database.ts'
import { readDialect } from '../read-dialect.ts'
import { runMigrations } from '../run-migrations.ts'
import { runUnits } from '../run-units.ts'
import { createStatementCache } from '../statement-cache.ts'
import { WriteQueue } from '../write-queue.ts'

export interface MemoryDatabase<Schema> extends Database<Schema> {
  /** While true every write rejects with `database_busy` and leaves nothing behind. */
  busy: boolean
}

/**
 * For tests: SQLite with the same schema, triggers and refusals, in memory and on this thread. Whatever was asked of it is done before
 * the next turn of the event loop, so that a test with a fake clock knows when all is quiet.
 */
export function memoryDatabase<Schema>(options: {
  readonly migrations: readonly Migration[]
  readonly nowMs: number
}): MemoryDatabase<Schema> {
  const connection = new DatabaseSync(':memory:')
  connection.exec('PRAGMA foreign_keys = ON; PRAGMA recursive_triggers = ON')
  runMigrations(connection, options.migrations, options.nowMs)
  const prepared = createStatementCache(connection)
  const queue = new WriteQueue({
    maxUnits: 10_000,
    carryOut: (units) => (database.busy ? queue.refuseGroup() : queue.settle(runUnits(connection, prepared, units))),
  })
  const database: MemoryDatabase<Schema> = {
    busy: false,
    read: new Kysely<Schema>({ dialect: readDialect(connection) }),
    write: (unit) => queue.push(unit),
    backup: () => Promise.reject(new Error('a database in memory has no file')),
    failed: new Promise<CodedError>(() => {}),
    drain: () => queue.drain(),
    async close() {
      await queue.drain()
      if (connection.isOpen) connection.close()
    },
  }
  return database
}
