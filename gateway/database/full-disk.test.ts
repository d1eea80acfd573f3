import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import { silentLogger } from '../basics/logger.ts'
import { openDatabase } from './open-database.ts'
import { temporaryDatabase } from './testing/temporary-database.ts'

interface Schema {
  item: { id: number; text: string }
}

const migrations = [{ name: '0001_items', statements: ['CREATE TABLE item (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT'] }]
const insert = (id: number, words = 'x') => ({ query: { sql: 'INSERT INTO item (id, text) VALUES (?, ?)', parameters: [id, words] } })

let directory: string
let file: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'full-disk-'))
  file = join(directory, 'x.db')
})
afterEach(() => rm(directory, { recursive: true }))

/** A process whose files may not grow past `blocks` of 512 bytes, as on a disk that is full: writes pairs until it is told that it cannot. */
async function writeUntilFull(blocks: number): Promise<{ readonly acknowledged: readonly number[]; readonly ending: string }> {
  const module = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href)
  const script = `
    import { systemClock } from ${module('../basics/clock.ts')}
    import { silentLogger } from ${module('../basics/logger.ts')}
    import { openDatabase } from ${module('open-database.ts')}
    process.on('SIGXFSZ', () => {})
    const insert = (id) => ({ query: { sql: 'INSERT INTO item (id, text) VALUES (?, ?)', parameters: [id, 'x'.repeat(5_000)] } })
    const acknowledged = []
    let ending = 'never'
    try {
      const database = await openDatabase({ file: ${JSON.stringify(file)}, migrations: ${JSON.stringify(migrations)}, clock: systemClock, logger: silentLogger })
      for (let id = 0; id < 10_000; id += 2) {
        await database.write([insert(id), insert(id + 1)])
        acknowledged.push(id)
      }
    } catch (error) {
      ending = error.code + ' ' + error.message
    }
    process.stdout.write(JSON.stringify({ acknowledged, ending }), () => process.exit())`
  const limited = ['-c', `ulimit -f ${blocks}; exec "$0" "$@"`, process.execPath, '--input-type=module', '-e', script]
  const child = spawn('sh', limited, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [output] = await Promise.all([text(child.stdout), once(child, 'exit')])
  return JSON.parse(output) as { acknowledged: number[]; ending: string }
}

describe('a disk that is full', () => {
  it('loses nothing that was acknowledged, leaves nothing half done, and is written to again once there is room', async () => {
    const { acknowledged, ending } = await writeUntilFull(600)
    expect(acknowledged.length).toBeGreaterThan(5)
    expect(ending).toMatch(/^database_failed .*an administrator must look at the disk/)
    const database = await openDatabase<Schema>({ file, migrations, clock: new FakeClock(), logger: silentLogger })
    const ids = (await database.read.selectFrom('item').select('id').orderBy('id').execute()).map(({ id }) => id)
    expect(ids).toEqual(acknowledged.flatMap((id) => [id, id + 1]))
    await database.write([insert(10_001)])
    await database.close()
    const closed = new DatabaseSync(file, { readOnly: true })
    expect(closed.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
    closed.close()
  })

  it('is named by whoever cannot even start on it', async () => {
    expect(await writeUntilFull(0)).toMatchObject({
      acknowledged: [],
      ending: expect.stringMatching(/^database_unusable .*Check the disk/),
    })
    await rm(`${file}.lock`)
    await mkdir(`${file}.lock`)
    for (const unusable of [file, join(directory, 'nowhere', 'x.db')]) {
      const opening = openDatabase({ file: unusable, migrations, clock: new FakeClock(), logger: silentLogger })
      await expect(opening).rejects.toMatchObject({ code: 'database_unusable', remedy: 'fix', details: { file: `${unusable}.lock` } })
    }
  })
})

describe('another program that holds the database', () => {
  it('makes a write fail that changes nothing, and the next one passes when it lets go', async () => {
    await using temporary = await temporaryDatabase<Schema>({ migrations })
    const { database } = temporary
    const other = new DatabaseSync(temporary.file)
    other.exec('BEGIN IMMEDIATE')
    const outcomes = await Promise.allSettled([database.write([insert(1)]), database.write([insert(2)])])
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'database_busy', remedy: 'retry' } })
    other.exec('ROLLBACK')
    other.close()
    await database.write([insert(3)])
    expect(await database.read.selectFrom('item').select('id').execute()).toEqual([{ id: 3 }])
  }, 30_000)
})
