import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { expect } from 'vitest'
import { FakeClock } from '../../basics/fake-clock.ts'
import { silentLogger } from '../../basics/logger.ts'
import { openDatabase } from '../open-database.ts'

interface Schema {
  item: { id: number; text: string }
}

const migrations = [{ name: '0001_items', statements: ['CREATE TABLE item (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT'] }]

/** Kills a process that writes that often, each time after another number of writes, and looks at what it acknowledged and at its lock. */
export async function loseNothingByKills(kills: number): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'database-'))
  const file = join(directory, 'x.db')
  const options = { file, migrations, clock: new FakeClock(), logger: silentLogger }
  const acknowledged = new Set<number>()
  for (let round = 0; round < kills; round++) {
    const child = startWritingChild(file, round * 1_000_000)
    const lines = createInterface({ input: child.stdout })
    const toSee = 1 + round * 7
    for await (const line of lines) {
      acknowledged.add(Number(line))
      if (acknowledged.size % 100 === toSee % 100) {
        if (round === 0) await expect(openDatabase(options)).rejects.toMatchObject({ code: 'database_in_use', details: { pid: child.pid } })
        child.kill('SIGKILL')
      }
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    expect(`${child.signalCode} ${child.exitCode}`).toBe('SIGKILL null')
    const database = await openDatabase<Schema>(options)
    const kept = new Set((await database.read.selectFrom('item').select('id').execute()).map(({ id }) => id))
    expect([...acknowledged].filter((id) => !kept.has(id))).toEqual([])
    // Each unit writes a pair: never half of it.
    expect([...kept].filter((id) => !kept.has(id % 2 === 0 ? id + 1 : id - 1))).toEqual([])
    await database.close()
  }
  expect(acknowledged.size).toBeGreaterThan(kills)
  await rm(directory, { recursive: true })
}

function startWritingChild(file: string, firstId: number): ChildProcessByStdio<null, Readable, null> {
  const module = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href)
  const script = `
    import { systemClock } from ${module('../../basics/clock.ts')}
    import { silentLogger } from ${module('../../basics/logger.ts')}
    import { openDatabase } from ${module('../open-database.ts')}
    const database = await openDatabase({ file: ${JSON.stringify(file)}, migrations: ${JSON.stringify(migrations)}, clock: systemClock, logger: silentLogger })
    const insert = (id) => ({ query: { sql: 'INSERT INTO item (id, text) VALUES (?, ?)', parameters: [id, 'x'.repeat(id % 3000)] } })
    let id = ${firstId}
    async function loop() {
      for (;;) {
        const mine = id
        id += 2
        await database.write([insert(mine), insert(mine + 1)])
        await new Promise((resolve) => process.stdout.write(mine + '\\n', resolve))
      }
    }
    for (let n = 0; n < 8; n++) void loop()`
  return spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
}
