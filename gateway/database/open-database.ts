import { Kysely } from 'kysely'
import type { Clock } from '../basics/clock.ts'
import type { Logger } from '../basics/logger.ts'
import { backUp } from './back-up.ts'
import { connectReader } from './connect.ts'
import { lockDatabase } from './database-lock.ts'
import type { Database, Migration } from './database.ts'
import { readDialect } from './read-dialect.ts'
import { startWriter } from './writer.ts'

export interface DatabaseOptions {
  /** A path in a directory that exists; `<file>.lock`, `<file>-wal` and `<file>-shm` appear beside it. */
  readonly file: string
  /** From 0001 on, without gaps; they run before this resolves. */
  readonly migrations: readonly Migration[]
  readonly clock: Clock
  readonly logger: Logger
  /** Writes that may wait; more reject with `database_overloaded`. */
  readonly maxQueuedUnits?: number
}

/**
 * Opens the database for this process alone and brings its schema up to date.
 *
 * @throws CodedError `database_in_use`, `database_newer`, `migration_changed`, `migration_failed`, `migrations_invalid`, `database_unusable`
 */
export async function openDatabase<Schema>(options: DatabaseOptions): Promise<Database<Schema>> {
  const { file, migrations, clock, logger, maxQueuedUnits = 10_000 } = options
  const lock = lockDatabase(file, process.pid)
  try {
    const writer = await startWriter({ file, migrations, nowMs: clock.nowMs(), maxQueuedUnits, logger })
    const reader = connectReader(file)
    let closing: Promise<void> | undefined
    const close = async (): Promise<void> => {
      await writer.drain()
      // The writer goes last: the last connection writes the log back into the file, and a reader cannot.
      reader.close()
      await writer.close()
      lock.release()
    }
    return {
      read: new Kysely<Schema>({ dialect: readDialect(reader) }),
      write: (unit) => writer.write(unit),
      backup: (to) => backUp(file, to),
      failed: writer.failed,
      drain: () => writer.drain(),
      close: () => (closing ??= close()),
    }
  } catch (error) {
    lock.release()
    throw error
  }
}
