import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, it } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import { silentLogger } from '../basics/logger.ts'
import { systemRandom } from '../basics/random.ts'
import { wholeInstallation } from '../basics/scope.ts'
import type { Migration } from '../database/database.ts'
import { openDatabase } from '../database/open-database.ts'
import { createStorage } from './create-storage.ts'
import { migrations } from './migrations.ts'
import type { Schema } from './schema.ts'
import { deviceEvent, deviceId, exampleSession, sessionId, storeExamples } from './testing/example-records.ts'

const clock = new FakeClock()

async function opened(file: string, known: readonly Migration[]) {
  const database = await openDatabase<Schema>({ file, migrations: known, clock, logger: silentLogger })
  return { database, storage: createStorage({ database, clock, random: systemRandom, boot: systemRandom.hex(16) }) }
}

const schemaOf = (file: string): unknown[] => {
  const database = new DatabaseSync(file, { readOnly: true })
  const rows = database.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY type, name').all()
  database.close()
  return rows
}

it.each(migrations.slice(1).map(({ name }, index) => ({ name, index })))(
  'brings a database from before $name up to date, with all that it holds, to the schema of a new one',
  async ({ index }) => {
    const directory = await mkdtemp(join(tmpdir(), 'older-'))
    const file = join(directory, 'older.db')
    const older = await opened(file, migrations.slice(0, index + 1))
    await storeExamples(older.storage)
    await older.storage.sessions.insert(exampleSession('s'), [deviceEvent('press-1')])
    await older.database.close()

    const newer = await opened(file, migrations)
    expect(await newer.storage.sessions.find(wholeInstallation, sessionId('s'))).toEqual(exampleSession('s'))
    await newer.storage.events.append([deviceEvent('press-1')])
    const { items } = await newer.storage.events.list(wholeInstallation, { device: deviceId('press-1') }, { limit: 10, after: null })
    expect(items.map(({ seq }) => seq)).toEqual([1, 0])
    await newer.database.close()

    const fresh = await opened(join(directory, 'fresh.db'), migrations)
    await fresh.database.close()
    expect(schemaOf(file)).toEqual(schemaOf(join(directory, 'fresh.db')))
    await rm(directory, { recursive: true })
  },
)
