import type { Database } from '../../database/database.ts'
import { FakeClock } from '../../basics/fake-clock.ts'
import { systemRandom } from '../../basics/random.ts'
import { temporaryDatabase } from '../../database/testing/temporary-database.ts'
import { createStorage } from '../create-storage.ts'
import type { Storage } from '../create-storage.ts'
import { migrations } from '../migrations.ts'
import type { Schema } from '../schema.ts'

export interface StorageUnderTest {
  readonly storage: Storage
  close(): Promise<void>
}

export interface TemporaryStorage extends StorageUnderTest, AsyncDisposable {
  readonly database: Database<Schema>
  readonly clock: FakeClock
  readonly boot: string
  readonly file: string
}

/** For tests: the whole storage over a real SQLite file in a directory of its own, gone at the end of the scope (`await using`). */
export async function temporaryStorage(): Promise<TemporaryStorage> {
  const clock = new FakeClock()
  const temporary = await temporaryDatabase<Schema>({ migrations, clock })
  const boot = systemRandom.hex(16)
  const { database, file } = temporary
  const close = async (): Promise<void> => temporary[Symbol.asyncDispose]()
  return {
    storage: createStorage({ database, clock, random: systemRandom, boot }),
    database,
    clock,
    boot,
    file,
    close,
    [Symbol.asyncDispose]: close,
  }
}
