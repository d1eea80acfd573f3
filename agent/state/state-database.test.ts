import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createEventStore, mostEvents } from './event-store.ts'
import { createHistoryStore, kept } from './history-store.ts'
import { createPairingStore } from './pairing-store.ts'
import { openStateDatabase } from './state-database.ts'
import type { StateDatabase } from './state-database.ts'

let stateDir: string
let database: StateDatabase

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'agent-state-'))
  database = openStateDatabase(stateDir)
})

afterEach(() => {
  database.close()
  rmSync(stateDir, { recursive: true })
})

describe('the state of an agent', () => {
  it('is readable by its owner alone and locked against a second agent', () => {
    expect(statSync(join(stateDir, 'agent.db')).mode & 0o777).toBe(0o600)
    expect(() => openStateDatabase(stateDir)).toThrow(expect.objectContaining({ code: 'state_in_use' }))
    database.close()
    openStateDatabase(stateDir).close()
  })

  it('says so when the file is no database', () => {
    const other = join(stateDir, 'other')
    openStateDatabase(other).close()
    writeFileSync(join(other, 'agent.db'), 'not a database, but long enough to look at'.repeat(100))
    expect(() => openStateDatabase(other)).toThrow(expect.objectContaining({ code: 'state_unreadable' }))
  })

  it(`keeps ${mostEvents} events that nobody acknowledges, and of one more forgets the oldest; its numbers go on`, () => {
    const events = createEventStore(database)
    const append = (count: number): void =>
      database.transaction(() => {
        for (let n = 0; n < count; n += 1) events.append({ type: 'panel.changed', connected: true }, n)
      })
    append(mostEvents)
    expect(events.after(0, 1)).toMatchObject([{ n: 1 }])
    append(1)
    expect(events.after(0, 1)).toMatchObject([{ n: 2 }])
    expect([events.after(0, 2 * mostEvents).length, events.last()]).toEqual([mostEvents, mostEvents + 1])
    append(mostEvents)
    expect([events.after(0, 2 * mostEvents).length, events.last()]).toEqual([mostEvents, 2 * mostEvents + 1])
  })

  it(`keeps ${kept} sessions for the panel, and of one more forgets the oldest`, () => {
    const history = createHistoryStore(database)
    const technician = { id: 'per_1', name: 'Tom', organisation: 'North' }
    const put = (n: number): void =>
      history.put({ session: `ses_${n}`, technician, startedAtMs: n, endedAtMs: n, outcome: 'refused', reason: null, by: null })
    database.transaction(() => {
      for (let n = 1; n <= kept; n += 1) put(n)
    })
    expect(history.knows('ses_1')).toBe(true)
    put(kept + 1)
    expect([history.knows('ses_1'), history.knows('ses_2'), history.newest(2 * kept).length]).toEqual([false, true, kept])
  })

  it('numbers events for its whole life, also after all were acknowledged and the process came back', () => {
    const events = createEventStore(database)
    for (let at = 1; at <= 3; at++) events.append({ type: 'panel.changed', connected: at % 2 === 0 }, at)
    events.acknowledge(2)
    expect(events.after(0, 10)).toEqual([{ n: 3, time: 3, type: 'panel.changed', connected: false }])
    events.acknowledge(3)
    database.close()
    database = openStateDatabase(stateDir)
    const again = createEventStore(database)
    expect(again.last()).toBe(3)
    again.append({ type: 'panel.changed', connected: true }, 9)
    expect(again.after(0, 10).map(({ n }) => n)).toEqual([4])
  })

  it('takes a transaction whole or not at all', () => {
    const events = createEventStore(database)
    const fail = (): void =>
      database.transaction(() => {
        events.append({ type: 'panel.changed', connected: true }, 1)
        throw new Error('half way')
      })
    expect(fail).toThrow('half way')
    expect(events.after(0, 10)).toEqual([])
  })

  it('remembers which approved sessions never ended', () => {
    const history = createHistoryStore(database)
    const technician = { id: 'per_1', name: 'Mia', organisation: 'Acme' }
    const entry = { technician, startedAtMs: 1, endedAtMs: null, outcome: 'approved', reason: null, by: null } as const
    history.put({ ...entry, session: 'ses_a' })
    history.put({ ...entry, session: 'ses_b' })
    history.end('ses_a', { endedAtMs: 5, reason: 'time_limit', by: null })
    expect(history.unended()).toEqual(['ses_b'])
    expect(history.newest(20).map(({ session, outcome }) => [session, outcome])).toEqual([
      ['ses_b', 'approved'],
      ['ses_a', 'ended'],
    ])
    expect([history.knows('ses_a'), history.knows('ses_c')]).toEqual([true, false])
  })

  it('keeps the four browsers that were paired last', () => {
    const pairing = createPairingStore(database)
    for (const hash of ['a', 'b', 'c', 'd', 'e']) pairing.add(hash, 1)
    expect(['a', 'b', 'c', 'd', 'e'].map((hash) => pairing.has(hash))).toEqual([false, true, true, true, true])
  })
})
