import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import { silentLogger } from '../basics/logger.ts'
import { createOperatorList } from '../operators/operator-list.ts'
import type { IdentifiedOperator } from '../operators/operator.ts'
import { createStores } from '../state/create-stores.ts'
import { openStateDatabase } from '../state/state-database.ts'
import type { StateDatabase } from '../state/state-database.ts'
import { testSigners, writePackage } from '../testing/test-updates.ts'
import { startUpdates } from './start-updates.ts'
import type { Updates, UpdatesOptions } from './start-updates.ts'
import { offeredFile, readVersions, writeVersions } from './versions-record.ts'

const { trust, signers } = testSigners()
const restart = vi.fn()
const reached = vi.fn()
let stateDir: string
let clock: FakeClock
let database: StateDatabase
let stores: ReturnType<typeof createStores>
let busy: 'session' | 'request' | null
let remote: boolean
let connected: boolean
let updates: Updates

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'agent-updates-'))
  clock = new FakeClock()
  database = openStateDatabase(stateDir)
  stores = createStores(database)
  ;[busy, remote, connected] = [null, true, true]
  restart.mockClear()
  reached.mockClear()
})
afterEach(() => {
  updates.close()
  database.close()
  rmSync(stateDir, { recursive: true })
})

function start(change: Partial<UpdatesOptions['situation']> = {}, consent: 'ask' | 'standing' = 'ask'): Updates {
  updates = startUpdates({
    ...stores,
    situation: { trust, reached: null, restart, ...change },
    settings: { stateDir, updates: { consent, withinS: 60 } },
    version: '1.0.0',
    database,
    operators: createOperatorList([{ name: 'Olga', pinHash: null, mayLoosen: false }], silentLogger),
    clock,
    logger: silentLogger,
    remote: () => remote,
    connected: () => connected,
    busy: () => busy,
    onChange: () => {},
  })
  return updates
}

const lay = (change: object = {}) => writePackage(offeredFile(stateDir), { program: 'x', signedBy: [signers.anna, signers.ben], ...change })
const by = (proof: 'none' | 'pin', mayLoosen = false) => ({ name: 'Olga', proof, mayLoosen }) as IdentifiedOperator
/** It looks every two seconds of its clock; files take a moment of ours. */
const until = (holds: () => void | Promise<void>): Promise<void> =>
  vi.waitFor(async () => {
    clock.advance(2_000)
    await holds()
  })
const isOffered = (): Promise<void> => until(() => expect(updates.state.offer?.state).toBe('offered'))
const isTried = (): Promise<void> => until(() => expect(restart).toHaveBeenCalledTimes(1))
const acts = (): string[] => stores.acts.newest(9).map(({ act, service }) => `${act} ${service}`)
/** Long enough for it to have acted. */
const looks = async (): Promise<void> => {
  for (let look = 0; look < 5; look += 1) {
    clock.advance(2_000)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

describe('an update', () => {
  it('is tried once somebody has agreed, nobody is in or asks, and the gateway is reached', async () => {
    start()
    const { sha256 } = lay()
    await isOffered()
    busy = 'session'
    updates.agree(sha256, by('none'))
    expect(updates.state.offer).toMatchObject({ state: 'agreed', by: 'Olga', waits: 'session' })
    await looks()
    busy = 'request'
    expect(updates.state.offer?.waits).toBe('request')
    await looks()
    busy = null
    connected = false
    expect(updates.state.offer?.waits).toBe('offline')
    await looks()
    expect(restart).not.toHaveBeenCalled()
    connected = true
    await isTried()
    expect((await readVersions(stateDir)).trial).toEqual({
      program: sha256,
      version: '2.0.0',
      from: '1.0.0',
      by: 'Olga',
      withinS: 60,
      begun: 0,
    })
    expect(existsSync(offeredFile(stateDir))).toBe(false)
    expect(acts()).toEqual(['update_agreed 2.0.0', 'update_offered 2.0.0'])
    expect(stores.events.after(0, 9).map((event) => event.type === 'update.changed' && [event.what, event.by])).toEqual([
      ['offered', null],
      ['agreed', 'Olga'],
    ])
  })

  it('needs no gateway while remote service is off', async () => {
    ;[remote, connected] = [false, false]
    start()
    const { sha256 } = lay()
    await isOffered()
    updates.agree(sha256, by('none'))
    await isTried()
  })

  it('needs nobody where consent stands', async () => {
    start({}, 'standing')
    lay()
    await isTried()
    expect((await readVersions(stateDir)).trial).toMatchObject({ by: null })
  })

  it('is agreed to by whoever may loosen, where there are PINs, and for what was shown', async () => {
    start()
    const { sha256 } = lay()
    await isOffered()
    expect(() => updates.agree(sha256, by('pin'))).toThrow(expect.objectContaining({ code: 'may_not_loosen' }))
    expect(() => updates.agree('0'.repeat(64), by('pin', true))).toThrow(expect.objectContaining({ code: 'no_update' }))
    // Another one takes its place: the agreement to the first is no agreement to it.
    busy = 'session'
    updates.agree(sha256, by('pin', true))
    const second = lay({ program: 'y' })
    await until(() => expect(updates.state.offer).toMatchObject({ sha256: second.sha256, state: 'offered' }))
    busy = null
    await looks()
    expect(restart).not.toHaveBeenCalled()
  })

  it('is not agreed to when that cannot be written', async () => {
    start()
    const { sha256 } = lay()
    await isOffered()
    database.sql.exec('DROP TABLE acts')
    expect(() => updates.agree(sha256, by('none'))).toThrow(expect.objectContaining({ code: 'not_durable' }))
    await looks()
    expect(restart).not.toHaveBeenCalled()
  })

  it('is taken away by anybody', async () => {
    start()
    const { sha256 } = lay()
    await isOffered()
    expect(() => updates.decline(sha256, 'Nobody')).toThrow(expect.objectContaining({ code: 'unknown_operator' }))
    updates.decline(sha256, 'Olga')
    expect(updates.state).toMatchObject({ offer: null, last: { what: 'declined', version: '2.0.0', reason: null } })
    await until(() => expect(existsSync(offeredFile(stateDir))).toBe(false))
    expect(acts()[0]).toBe('update_declined 2.0.0')
  })

  it('that cannot be taken away is declined all the same, and the agent goes on', async () => {
    const told = vi.spyOn(silentLogger, 'error')
    start()
    const { sha256 } = lay()
    await isOffered()
    rmSync(offeredFile(stateDir))
    mkdirSync(offeredFile(stateDir))
    updates.decline(sha256, 'Olga')
    // At once: a look that is under way takes the folder for another package, and rejects that.
    expect(updates.state).toMatchObject({ offer: null, last: { what: 'declined' } })
    // A rejection that nobody takes would end the agent, and fails this file.
    await vi.waitFor(() => expect(told).toHaveBeenCalledWith(expect.anything(), 'an update that was declined cannot be taken away'))
    told.mockRestore()
    rmSync(offeredFile(stateDir), { recursive: true })
    const second = lay({ program: 'y' })
    await until(() => expect(updates.state.offer).toMatchObject({ sha256: second.sha256, state: 'offered' }))
  })

  it('for which the disk has no room is not tried, and people see why', async () => {
    start()
    const { sha256 } = lay()
    await isOffered()
    const file = await open(stateDir, 'r')
    const handles = Object.getPrototypeOf(file) as typeof file
    await file.close()
    const full = vi.spyOn(handles, 'write').mockRejectedValue(Object.assign(new Error('ENOSPC: write'), { code: 'ENOSPC' }))
    updates.agree(sha256, by('none'))
    await until(() =>
      expect(updates.state).toMatchObject({ offer: null, last: { what: 'rejected', version: '2.0.0', reason: 'no_space' } }),
    )
    full.mockRestore()
    expect(acts()[0]).toBe('update_rejected 2.0.0')
    expect([restart.mock.calls.length, (await readVersions(stateDir)).trial]).toEqual([0, null])
  })

  it('that is wrong is thrown away, and people see why', async () => {
    await writeVersions(stateDir, { v: 1, current: null, previous: null, trial: null, floor: '3.0.0', outcome: null })
    start()
    lay()
    await until(() => expect(updates.state.last).toMatchObject({ what: 'rejected', reason: 'not_newer' }))
    lay({ version: '3.0.0', signedBy: [signers.anna, signers.dora] })
    await until(() => expect(updates.state.last).toMatchObject({ what: 'rejected', reason: 'too_few_signatures' }))
    expect([existsSync(offeredFile(stateDir)), acts()]).toEqual([false, ['update_rejected ?', 'update_rejected ?']])
  })

  it('is not looked at by an agent without keys', async () => {
    start({ trust: null })
    lay()
    await looks()
    expect(updates.state).toEqual({ keys: 'none', consent: 'ask', offer: null, last: null })
  })

  it('is told of once, over restarts', async () => {
    const outcome = { id: 'one', what: 'installed' as const, version: '1.0.0', from: '0.9.0', reason: null, by: null, atMs: 7 }
    await writeVersions(stateDir, { v: 1, current: null, previous: null, trial: null, floor: null, outcome })
    for (let begin = 0; begin < 2; begin += 1) {
      start()
      await until(() => expect(updates.state.last).toEqual({ what: 'installed', version: '1.0.0', from: '0.9.0', reason: null, at: 7 }))
      expect(acts()).toEqual(['update_installed 1.0.0'])
      updates.close()
    }
  })
})

describe('a version that is tried', () => {
  it('says that it works when the gateway follows it, takes no other update, and leaves when nobody is in', async () => {
    start({ reached })
    lay()
    await looks()
    expect([reached.mock.calls.length, updates.state.offer]).toEqual([0, null])
    busy = 'session'
    updates.followed()
    updates.followed()
    expect(reached).toHaveBeenCalledTimes(1)
    clock.advance(60_000)
    expect(restart).not.toHaveBeenCalled()
    busy = null
    clock.advance(1_000)
    expect(restart).toHaveBeenCalledTimes(1)
  })

  it('never says so while it should reach a gateway and does not', () => {
    connected = false
    start({ reached })
    clock.advance(600_000)
    expect(reached).not.toHaveBeenCalled()
  })

  it('says so after ten seconds where remote service is off', () => {
    remote = false
    start({ reached })
    clock.advance(9_999)
    expect(reached).not.toHaveBeenCalled()
    clock.advance(1)
    expect(reached).toHaveBeenCalledTimes(1)
  })
})
