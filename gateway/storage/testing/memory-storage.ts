import { FakeClock } from '../../basics/fake-clock.ts'
import { systemRandom } from '../../basics/random.ts'
import { memoryDatabase, type MemoryDatabase } from '../../database/testing/memory-database.ts'
import { createStorage } from '../create-storage.ts'
import { migrations } from '../migrations.ts'
import type { Schema } from '../schema.ts'
import type { StorageUnderTest } from './temporary-storage.ts'

export interface MemoryStorage extends StorageUnderTest {
  readonly database: MemoryDatabase<Schema>
  readonly clock: FakeClock
}

/** For tests that count in fake time: the whole storage over SQLite in memory. */
export async function memoryStorage(): Promise<MemoryStorage> {
  const clock = new FakeClock()
  const database = memoryDatabase<Schema>({ migrations, nowMs: clock.nowMs() })
  const storage = createStorage({ database, clock, random: systemRandom, boot: systemRandom.hex(16) })
  return { storage, database, clock, close: () => database.close() }
}
