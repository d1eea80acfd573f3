import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '../../basics/clock.ts'
import { FakeClock } from '../../basics/fake-clock.ts'
import { silentLogger } from '../../basics/logger.ts'
import type { Database, Migration } from '../database.ts'
import { openDatabase } from '../open-database.ts'

export interface TemporaryDatabase<Schema> extends AsyncDisposable {
  readonly database: Database<Schema>
  readonly directory: string
  readonly file: string
}

/** For tests: a real database file in a directory of its own, both gone at the end of the scope (`await using`). */
export async function temporaryDatabase<Schema>(options: {
  readonly migrations: readonly Migration[]
  readonly clock?: Clock
  readonly maxQueuedUnits?: number
}): Promise<TemporaryDatabase<Schema>> {
  const directory = await mkdtemp(join(tmpdir(), 'database-'))
  const file = join(directory, 'test.db')
  const database = await openDatabase<Schema>({ file, clock: new FakeClock(), logger: silentLogger, ...options })
  return {
    database,
    directory,
    file,
    async [Symbol.asyncDispose]() {
      await database.close()
      await rm(directory, { recursive: true })
    },
  }
}
