import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import { silentLogger } from '../basics/logger.ts'
import type { IdentifiedOperator } from '../operators/operator.ts'
import { createStores } from '../state/create-stores.ts'
import { openStateDatabase } from '../state/state-database.ts'
import type { StateDatabase } from '../state/state-database.ts'
import { createKeptRecordings, largestOnes, recentDays, reservedBytes } from './kept-recordings.ts'
import type { KeptRecordings } from './kept-recordings.ts'
import { frameOf } from './recording-frame.ts'
import { refuseRemoval } from './refuse-removal.ts'
import { recordingFolder } from './recording-folder.ts'
import type { RecordingFolder } from './recording-folder.ts'

let stateDir: string
let database: StateDatabase
let stores: ReturnType<typeof createStores>
let folder: RecordingFolder
let clock: FakeClock
let kept: KeptRecordings
let free: number
let pins: boolean
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'kept-'))
  clock = new FakeClock()
  free = 2 * reservedBytes
  database = openStateDatabase(stateDir)
  stores = createStores(database)
  folder = { ...recordingFolder(stateDir), freeBytes: () => Promise.resolve(free) }
  pins = true
  kept = keptWith('stop')
})
const keptWith = (whenFull: 'oldest' | 'stop'): KeptRecordings =>
  createKeptRecordings({
    settings: { keepDays: 30, keepBytes: 1_000, whenFull },
    folder,
    store: stores.recordings,
    acts: stores.acts,
    database,
    clock,
    logger: silentLogger,
    refuseRemoval: (by) => refuseRemoval(by, { pins, occupied: false }),
    onChange: () => {},
  })
afterEach(() => {
  database.close()
  rmSync(stateDir, { recursive: true })
})

const idOf = (n: number): string => `ses_${n.toString(16).padStart(32, '0')}`
const recorded = (n: number, bytes: number): string => {
  kept.begin(idOf(n))
  writeFileSync(folder.pathOf(idOf(n)), Buffer.alloc(bytes))
  kept.finish(idOf(n), bytes, null)
  clock.advance(1_000)
  return idOf(n)
}
const statesOf = (...ids: number[]): (string | undefined)[] => ids.map((n) => stores.recordings.find(idOf(n))?.state)
const operator = (members: object): IdentifiedOperator =>
  ({ name: 'Olga', proof: 'pin', mayLoosen: true, ...members }) as unknown as IdentifiedOperator

describe('recordings that are kept', () => {
  const dayMs = 86_400_000

  it('are no more than may be: the oldest go, and the history says so', async () => {
    for (const n of [1, 2, 3]) recorded(n, 300)
    clock.advance(recentDays * dayMs)
    kept.begin(idOf(4))
    expect(await kept.makeRoom(idOf(4), 0, 100)).toBeNull()
    expect([statesOf(1, 2, 3), stores.acts.newest(1)]).toEqual([['kept', 'kept', 'kept'], []])
    expect(await kept.makeRoom(idOf(4), 100, 1)).toBeNull()
    expect(statesOf(1, 2, 3, 4)).toEqual(['expired', 'kept', 'kept', 'open'])
    expect([existsSync(folder.pathOf(idOf(1))), existsSync(folder.pathOf(idOf(2)))]).toEqual([false, true])
    expect(stores.acts.newest(9)).toEqual([{ atMs: clock.nowMs(), act: 'recording_expired', service: null, by: '' }])
  })

  it('are each no more than a share of it', async () => {
    kept.begin(idOf(1))
    expect(await kept.makeRoom(idOf(1), 200, 1_000 / largestOnes - 200)).toBeNull()
    expect(await kept.makeRoom(idOf(1), 200, 51)).toBe('too_large')
  })

  it('of the last days do not go for another session, which is not recorded then', async () => {
    recorded(1, 300)
    clock.advance(dayMs)
    for (const n of [2, 3, 4]) recorded(n, 260)
    clock.advance((recentDays - 1) * dayMs - 3_001 - 1_000)
    kept.begin(idOf(5))
    expect(await kept.makeRoom(idOf(5), 0, 1)).toBe('no_room')
    expect([statesOf(1, 2, 3, 4), stores.acts.newest(1)]).toEqual([['kept', 'kept', 'kept', 'kept'], []])
    clock.advance(1)
    // Now the first one is old enough, but that alone would not do.
    expect(await kept.makeRoom(idOf(5), 200, 40)).toBe('no_room')
    expect(statesOf(1, 2)).toEqual(['kept', 'kept'])
    expect(await kept.makeRoom(idOf(5), 200, 20)).toBeNull()
    expect(statesOf(1, 2, 3, 4)).toEqual(['expired', 'kept', 'kept', 'kept'])
  })

  it('go oldest first where that is what the owner wants, also those of today, but none that somebody protected', async () => {
    kept = keptWith('oldest')
    for (const n of [1, 2, 3, 4]) recorded(n, 250)
    kept.protect(idOf(1), 'Olga')
    kept.begin(idOf(5))
    // Four large ones of this week do not keep the fifth from being recorded.
    expect(await kept.makeRoom(idOf(5), 0, 200)).toBeNull()
    expect([statesOf(1, 2, 3, 4, 5), stores.acts.newest(9).map(({ act, by }) => [act, by])]).toEqual([
      ['kept', 'expired', 'kept', 'kept', 'open'],
      [
        ['recording_expired', ''],
        ['recording_protected', 'Olga'],
      ],
    ])
    kept.protect(idOf(3), 'Olga')
    kept.protect(idOf(4), 'Jonas')
    expect(await kept.makeRoom(idOf(5), 200, 50)).toBeNull()
    kept.finish(idOf(5), 250, null)
    kept.protect(idOf(5), 'Jonas')
    kept.begin(idOf(6))
    // What is protected fills everything: the newest is not recorded, and nothing is lost that somebody wanted.
    expect(await kept.makeRoom(idOf(6), 0, 1)).toBe('no_room')
    expect(statesOf(1, 3, 4, 5)).toEqual(['kept', 'kept', 'kept', 'kept'])
    kept.unprotect(idOf(4), operator({}))
    expect(await kept.makeRoom(idOf(6), 0, 1)).toBeNull()
    expect(statesOf(1, 3, 4, 5)).toEqual(['kept', 'kept', 'expired', 'kept'])
  })

  it('stay beyond their days while they are protected, also over a restart', () => {
    recorded(1, 10)
    recorded(2, 10)
    kept.protect(idOf(1), 'Olga')
    database.close()
    database = openStateDatabase(stateDir)
    stores = createStores(database)
    kept = keptWith('oldest')
    clock.advance(31 * dayMs)
    kept.expire()
    expect([statesOf(1, 2), stores.recordings.find(idOf(1))?.protectedBy]).toEqual([['kept', 'expired'], 'Olga'])
    for (const who of [operator({ proof: 'none' }), operator({ mayLoosen: false })])
      expect(() => kept.unprotect(idOf(1), who)).toThrow(expect.objectContaining({ code: 'may_not_loosen' }))
    kept.expire()
    expect(statesOf(1)).toEqual(['kept'])
    kept.unprotect(idOf(1), operator({}))
    expect(stores.acts.newest(1)).toMatchObject([{ act: 'recording_unprotected', by: 'Olga' }])
    kept.expire()
    expect(statesOf(1)).toEqual(['expired'])
    for (const n of [1, 9]) expect(() => kept.protect(idOf(n), 'Olga')).toThrow(expect.objectContaining({ code: 'no_recording' }))
  })

  it('go when their days are over', () => {
    recorded(1, 10)
    clock.advance(29 * 86_400_000)
    recorded(2, 10)
    expect(statesOf(1, 2)).toEqual(['kept', 'kept'])
    clock.advance(86_400_000)
    kept.expire()
    expect(statesOf(1, 2)).toEqual(['expired', 'kept'])
    expect(existsSync(folder.pathOf(idOf(1)))).toBe(false)
  })

  it('make room on a disk that others fill, and end where that does not help', async () => {
    recorded(1, 10)
    recorded(2, 10)
    clock.advance(recentDays * dayMs - 1_000)
    recorded(4, 10)
    kept.begin(idOf(3))
    free = reservedBytes
    expect(await kept.makeRoom(idOf(3), 0, 10)).toBeNull()
    free = reservedBytes - 1
    // It looked a moment ago.
    expect(await kept.makeRoom(idOf(3), 10, 10)).toBeNull()
    clock.advance(10_000)
    expect(await kept.makeRoom(idOf(3), 20, 10)).toBe('disk_full')
    expect(statesOf(1, 2, 3, 4)).toEqual(['expired', 'expired', 'open', 'kept'])
    expect(stores.acts.newest(9).map(({ act }) => act)).toEqual(['recording_expired', 'recording_expired'])
  })

  it('are put right after a process died: torn tails are cut, lost files noted, leftovers removed', async () => {
    kept.begin(idOf(1))
    const frame = await frameOf(Buffer.from('{}\n'))
    writeFileSync(folder.pathOf(idOf(1)), Buffer.concat([frame, frame.subarray(0, 9)]))
    kept.begin(idOf(2))
    kept.begin(idOf(3))
    writeFileSync(folder.pathOf(idOf(3)), 'torn')
    recorded(4, 10)
    kept.remove(idOf(4), operator({}))
    writeFileSync(folder.pathOf(idOf(4)), 'left')
    writeFileSync(folder.pathOf(idOf(5)), 'nobody knows it')
    await kept.tidy()
    expect(statesOf(1, 2, 3, 4, 5)).toEqual(['kept', 'lost', 'lost', 'deleted', 'kept'])
    expect(stores.recordings.find(idOf(1))?.bytes).toBe(frame.length)
    expect(statSync(folder.pathOf(idOf(1))).size).toBe(frame.length)
    expect([3, 4].map((n) => existsSync(folder.pathOf(idOf(n))))).toEqual([false, false])
  })

  it('are deleted only by who may loosen and has shown it, and the history says so', () => {
    recorded(1, 10)
    for (const who of [operator({ proof: 'none' }), operator({ mayLoosen: false })])
      expect(() => kept.remove(idOf(1), who)).toThrow(expect.objectContaining({ code: 'may_not_loosen' }))
    expect([statesOf(1), existsSync(folder.pathOf(idOf(1)))]).toEqual([['kept'], true])
    kept.remove(idOf(1), operator({}))
    expect(stores.recordings.find(idOf(1))).toMatchObject({ state: 'deleted', by: 'Olga', atMs: clock.nowMs() })
    expect(existsSync(folder.pathOf(idOf(1)))).toBe(false)
    expect(stores.acts.newest(1)).toMatchObject([{ act: 'recording_deleted', by: 'Olga' }])
    for (const n of [1, 2]) expect(() => kept.remove(idOf(n), operator({}))).toThrow(expect.objectContaining({ code: 'no_recording' }))
    kept.begin(idOf(3))
    expect(() => kept.remove(idOf(3), operator({}))).toThrow(expect.objectContaining({ code: 'no_recording' }))
  })
})
