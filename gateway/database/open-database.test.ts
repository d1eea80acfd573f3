import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import { silentLogger } from '../basics/logger.ts'
import type { Database, WriteStatement } from './database.ts'
import { openDatabase } from './open-database.ts'
import { loseNothingByKills } from './testing/lose-nothing-by-kills.ts'
import { temporaryDatabase } from './testing/temporary-database.ts'

interface Schema {
  item: { id: number; text: string }
  part: { item_id: number }
}

const migrations = [
  {
    name: '0001_items',
    statements: [
      "CREATE TABLE item (id INTEGER PRIMARY KEY, text TEXT NOT NULL CHECK (text <> 'never')) STRICT",
      'CREATE TABLE part (item_id INTEGER NOT NULL REFERENCES item (id)) STRICT',
      "CREATE TRIGGER item_kept BEFORE DELETE ON item BEGIN SELECT raise(ABORT, 'Items stay.'); END",
    ],
  },
]

const open = () => temporaryDatabase<Schema>({ migrations })
const insert = (id: number, text: string): WriteStatement => ({
  query: { sql: 'INSERT INTO item (id, text) VALUES (?, ?)', parameters: [id, text] },
})
const all = async (database: Database<Schema>): Promise<number[]> =>
  (await database.read.selectFrom('item').select('id').orderBy('id').execute()).map((row) => row.id)

describe('writing', () => {
  it('is seen by a read as soon as its promise resolves', async () => {
    await using temporary = await open()
    const { database } = temporary
    for (let id = 0; id < 200; id++) {
      await database.write([insert(id, 'x')])
      expect(await database.read.selectFrom('item').selectAll().where('id', '=', id).executeTakeFirst()).toEqual({ id, text: 'x' })
    }
  })

  it('gives back rows and the number of changes', async () => {
    await using temporary = await open()
    const returning = temporary.database.read
      .insertInto('item')
      .values([
        { id: 1, text: 'a' },
        { id: 2, text: 'b' },
      ])
      .returning('text')
      .compile()
    const [first, second] = await temporary.database.write([
      { query: returning },
      { query: temporary.database.read.updateTable('item').set({ text: 'c' }).compile() },
    ])
    expect(first).toEqual({ changes: 2, rows: [{ text: 'a' }, { text: 'b' }] })
    expect(second).toEqual({ changes: 2, rows: [] })
  })

  it('rolls a failing unit back alone; the others of its group stay', async () => {
    await using temporary = await open()
    const { database } = temporary
    const exists = { code: 'item_exists', message: 'There is such an item.', remedy: 'conflict' } as const
    const outcomes = await Promise.allSettled([
      database.write([insert(1, 'a')]),
      database.write([insert(2, 'b'), { ...insert(1, 'again'), unique: exists }]),
      database.write([insert(3, 'c'), insert(4, 'never')]),
      database.write([insert(5, 'd')]),
      database.write([
        insert(6, 'e'),
        {
          query: { sql: 'UPDATE item SET text = ? WHERE id = ?', parameters: ['x', 99] },
          expect: { changes: 1, otherwise: { code: 'stale_version', message: 'Read again.', remedy: 'conflict' } },
        },
      ]),
      database.write([insert(7, 'f'), { query: { sql: 'INSERT INTO part VALUES (?)', parameters: [99] } }]),
      database.write([{ query: { sql: 'DELETE FROM item', parameters: [] } }]),
      database.write([{ query: { sql: 'INSERT INTO nowhere VALUES (1)', parameters: [] } }]),
      database.write([insert(8, 'g')]),
    ])
    expect(outcomes.map((outcome) => (outcome.status === 'fulfilled' ? 'done' : (outcome.reason as { code: string }).code))).toEqual([
      'done',
      'item_exists',
      'constraint_violated',
      'done',
      'stale_version',
      'constraint_violated',
      'constraint_violated',
      'statement_failed',
      'done',
    ])
    expect((outcomes[6] as PromiseRejectedResult).reason.message).toContain('Items stay.')
    expect(await all(database)).toEqual([1, 5, 8])
  })

  it('puts what waits into one commit', async () => {
    await using temporary = await open()
    const { database } = temporary
    const before = await walFrames(temporary.file)
    await Promise.all(Array.from({ length: 200 }, (_, id) => database.write([insert(id, 'x')])))
    expect((await all(database)).length).toBe(200)
    // Two hundred commits of their own would leave at least two hundred frames in the log.
    expect((await walFrames(temporary.file)) - before).toBeLessThan(20)
  })

  it('keeps the order of the calls', async () => {
    await using temporary = await open()
    const { database } = temporary
    await Promise.all(
      Array.from({ length: 600 }, (_, n) =>
        database.write([
          {
            query: {
              sql: "INSERT INTO item VALUES (1, ?) ON CONFLICT DO UPDATE SET text = text || ',' || excluded.text",
              parameters: [String(n)],
            },
          },
        ]),
      ),
    )
    const row = await database.read.selectFrom('item').select('text').executeTakeFirstOrThrow()
    expect(row.text).toBe(Array.from({ length: 600 }, (_, n) => n).join(','))
  })

  it('refuses what is not a primitive, on both ways, and changes nothing', async () => {
    await using temporary = await open()
    const { database } = temporary
    const date = { query: { sql: 'INSERT INTO item (id, text) VALUES (?, ?)', parameters: [new Date(0), 7] } }
    await expect(database.write([insert(1, 'a'), date])).rejects.toMatchObject({ code: 'parameter_not_primitive' })
    const named = database.read
      .selectFrom('item')
      .selectAll()
      .where('id', '=', { id: 1 } as unknown as number)
    await expect(named.execute()).rejects.toMatchObject({ code: 'parameter_not_primitive' })
    await expect(database.write([insert(1, 'a\0')])).rejects.toMatchObject({ code: 'text_not_storable' })
    expect(await all(database)).toEqual([])
  })

  it('keeps a megabyte of odd text as it is', async () => {
    await using temporary = await open()
    const text = `\u202e‏\ufeff😀𝄞e\u0301\r\n\u0001'";--`.repeat(60_000)
    await temporary.database.write([insert(1, text)])
    expect((await temporary.database.read.selectFrom('item').selectAll().executeTakeFirstOrThrow()).text === text).toBe(true)
  })

  it('refuses more than the queue holds and keeps what it took', async () => {
    await using temporary = await temporaryDatabase<Schema>({ migrations, maxQueuedUnits: 10 })
    const outcomes = await Promise.allSettled(Array.from({ length: 30 }, (_, id) => temporary.database.write([insert(id, 'x')])))
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
    expect(refused.length).toBe(20)
    expect(refused[0]?.reason).toMatchObject({ code: 'database_overloaded', remedy: 'retry' })
    expect((await all(temporary.database)).length).toBe(10)
  })

  it('does not go through the reading connection', async () => {
    await using temporary = await open()
    const { read } = temporary.database
    await expect(sql`INSERT INTO item VALUES (1, 'x')`.execute(read)).rejects.toMatchObject({ code: 'read_only' })
    await expect(sql`INSERT INTO item VALUES (1, 'x') RETURNING id`.execute(read)).rejects.toThrow(/readonly/)
    await expect(read.transaction().execute(async () => {})).rejects.toMatchObject({ code: 'read_only' })
  })
})

describe('failing', () => {
  it('stops for good when the disk is full, with nothing half done', async () => {
    await using temporary = await open()
    const { database } = temporary
    await database.write([insert(1, 'kept')])
    await database.write([{ query: { sql: 'PRAGMA max_page_count = 40', parameters: [] } }])
    const outcomes = await Promise.allSettled([
      database.write([insert(2, 'small')]),
      database.write([insert(3, 'first half'), insert(4, 'x'.repeat(1_000_000))]),
      database.write([insert(5, 'small')]),
    ])
    for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'database_failed' } })
    expect((await database.failed).details).toEqual({ cause: 'disk full' })
    await expect(database.write([insert(6, 'later')])).rejects.toMatchObject({ code: 'database_failed' })
    expect(await all(database)).toEqual([1])
  })

  it('stops for good when a statement breaks out of its transaction', async () => {
    await using temporary = await open()
    const { database } = temporary
    const outcomes = await Promise.allSettled([
      database.write([{ query: { sql: 'COMMIT', parameters: [] } }]),
      database.write([insert(1, 'of the same group')]),
    ])
    for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'database_failed' } })
    expect(await all(database)).toEqual([])
  })

  it('tells a database that is none', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'database-'))
    const file = join(directory, 'x.db')
    await writeFile(file, 'certainly not SQLite'.repeat(1000))
    await expect(openDatabase({ file, migrations, clock: new FakeClock(), logger: silentLogger })).rejects.toMatchObject({
      code: 'database_unusable',
    })
    await rm(directory, { recursive: true })
  })

  it('hands on why migrations did not run, and frees the lock', async () => {
    await using temporary = await open()
    await temporary.database.close()
    const options = { file: temporary.file, clock: new FakeClock(), logger: silentLogger }
    await expect(openDatabase({ ...options, migrations: [] })).rejects.toMatchObject({ code: 'database_newer', remedy: 'fix' })
    const again = await openDatabase<Schema>({ ...options, migrations })
    await again.close()
  })
})

describe('closing', () => {
  it('lets what waits finish, refuses what comes then, and may be called twice', async () => {
    await using temporary = await open()
    const { database } = temporary
    const writes = Array.from({ length: 300 }, (_, id) => database.write([insert(id, 'x')]))
    const drained = database.drain()
    await expect(database.write([insert(999, 'x')])).rejects.toMatchObject({ code: 'database_closed' })
    await drained
    expect((await all(database)).length).toBe(300)
    await Promise.all([...writes, database.close(), database.close()])
    const file = new DatabaseSync(temporary.file)
    expect(file.prepare('SELECT count(*) AS n FROM item').get()).toEqual({ n: 300 })
    file.close()
  })
})

describe('a backup', () => {
  it('is whole while writing goes on', async () => {
    await using temporary = await open()
    const { database } = temporary
    await Promise.all(Array.from({ length: 500 }, (_, id) => database.write([insert(id, 'x'.repeat(1000))])))
    const writing = Promise.all(Array.from({ length: 500 }, (_, id) => database.write([insert(1000 + id, 'y')])))
    await database.backup(join(temporary.directory, 'copy.db'))
    await writing
    const copy = new DatabaseSync(join(temporary.directory, 'copy.db'), { readOnly: true })
    expect(copy.prepare('SELECT count(*) AS n FROM item WHERE id < 500').get()).toEqual({ n: 500 })
    expect(copy.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
    copy.close()
  })
})

describe('a second opener', () => {
  it('is told whose the database is, also in the same process', async () => {
    await using temporary = await open()
    const options = { file: temporary.file, migrations, clock: new FakeClock(), logger: silentLogger }
    await expect(openDatabase(options)).rejects.toMatchObject({ code: 'database_in_use', details: { pid: process.pid } })
    await expect(openDatabase(options)).rejects.toThrow(`in use by process ${process.pid}`)
  })

  it('gets the lock of a process that was killed, with everything that was acknowledged', () => loseNothingByKills(5), 60_000)
})

async function walFrames(file: string): Promise<number> {
  const { stat } = await import('node:fs/promises')
  return Math.floor((await stat(`${file}-wal`)).size / 4120)
}
