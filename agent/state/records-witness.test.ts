import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import { createLogger } from '../basics/logger.ts'
import { systemRandom } from '../basics/random.ts'
import { createActStore } from './act-store.ts'
import { witnessFile, witnessRecords } from './records-witness.ts'
import { createRemoteStore } from './remote-store.ts'
import { openStateDatabase } from './state-database.ts'
import type { StateDatabase } from './state-database.ts'
import { createSwitchStore } from './switch-store.ts'

const clock = new FakeClock()
const logger = createLogger({ level: 'silent', write: () => {}, nowMs: () => clock.nowMs() })
let stateDir: string
let database: StateDatabase
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'agent-witness-'))
})
afterEach(() => {
  database.close()
  rmSync(stateDir, { recursive: true })
})

/** As the agent does when it starts; `between`: what happens to its files while it does not run. */
async function start(between: () => void = () => {}): Promise<void> {
  between()
  database = openStateDatabase(stateDir)
  await witnessRecords({ database, stateDir, services: ['hmi', 'plc'], clock, random: systemRandom, logger })
}
const stop = (): void => database.close()
const turned = () => ({
  remote: createRemoteStore(database).get(),
  hmi: createSwitchStore(database).get('hmi'),
  acts: createActStore(database)
    .newest(5)
    .map(({ act }) => act),
})
const without = (name: string) => () => rmSync(join(stateDir, name))
const nobody = { remote: null, hmi: null, acts: [] }
const off = { remote: { on: false, by: null, atMs: clock.nowMs() }, hmi: false, acts: ['records_lost'] }

describe('records that are not those of before', () => {
  it('are new on a machine that is new, and the same at the next start', async () => {
    await start()
    expect(turned()).toEqual(nobody)
    const id = readFileSync(witnessFile(stateDir), 'utf8')
    expect(id).toMatch(/^[0-9a-f]{32}\n$/u)
    stop()
    await start()
    expect([turned(), readFileSync(witnessFile(stateDir), 'utf8')]).toEqual([nobody, id])
  })

  it.each([
    ['removed', without('agent.db')],
    ['empty', () => writeFileSync(join(stateDir, 'agent.db'), '')],
  ])('switch everything off: %s', async (_how, lose) => {
    await start()
    stop()
    await start(lose)
    expect(turned()).toEqual(off)
    stop()
    await start()
    // Said once; what somebody turns on then stays on.
    expect(turned()).toEqual(off)
    createRemoteStore(database).set({ on: true, by: 'Olga', atMs: 7 })
    stop()
    await start()
    expect(turned().remote).toEqual({ on: true, by: 'Olga', atMs: 7 })
  })

  it('switch everything off: of another machine, or of a time before they were lost', async () => {
    await start()
    stop()
    const before = readFileSync(join(stateDir, 'agent.db'))
    await start(without('agent.db'))
    stop()
    await start(() => writeFileSync(join(stateDir, 'agent.db'), before))
    expect(turned()).toEqual(off)
  })

  it('are the same where only the word beside them is gone or torn, as after a power cut at the very first start', async () => {
    await start()
    createRemoteStore(database).set({ on: true, by: 'Olga', atMs: 7 })
    stop()
    await start(without('records.id'))
    expect([turned().remote?.on, existsSync(witnessFile(stateDir))]).toEqual([true, true])
    stop()
    // A torn one is no word at all, and no loss is worth believing that everything is in order.
    await start(() => writeFileSync(witnessFile(stateDir), 'ab'))
    expect(turned()).toEqual(off)
  })
})
