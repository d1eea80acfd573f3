import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createStores } from '../state/create-stores.ts'
import { openStateDatabase } from '../state/state-database.ts'
import type { StateDatabase } from '../state/state-database.ts'
import { historyPage, readHistory } from './history-routes.ts'
import type { HistoryRoutesOptions } from './history-routes.ts'

let folder: string
let database: StateDatabase
let stores: ReturnType<typeof createStores>
let past: HistoryRoutesOptions['past']
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'history-'))
  database = openStateDatabase(folder)
  stores = createStores(database)
  past = { ...stores, recordings: { now: () => ({ state: 'off', stopped: null }), of: () => null }, services: { title: String } as never }
})
afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true })
})

const technician = { id: 'per_1', name: 'Mia', organisation: 'Northwind' }
const asked = (n: number, atMs: number): void =>
  stores.history.put({ session: `ses_${n}`, technician, startedAtMs: atMs, endedAtMs: atMs, outcome: 'refused', reason: null, by: null })
const did = (atMs: number): void => stores.acts.put({ atMs, act: 'service_on', service: 'hmi', by: 'Olga' })

/** All pages from now on, as whoever presses *show older* sees them. */
const walk = (): { readonly seen: string[]; readonly sizes: number[] } => {
  const seen: string[] = []
  const sizes: number[] = []
  let before = 1_000_000
  for (let page = readHistory({ past }, String(before)); ; page = readHistory({ past }, String(before))) {
    const entries = [
      ...page.history.map(({ session, started_at: at }) => ({ at, id: session })),
      ...page.acts.map(({ at }) => ({ at, id: `act ${at}` })),
    ]
    seen.push(...entries.map(({ id }) => id))
    sizes.push(entries.length)
    before = Math.min(...entries.map(({ at }) => at))
    if (!page.older) return { seen, sizes }
  }
}

it('gives everything once, page by page, sessions and acts as they happened', () => {
  for (let n = 0; n < 55; n += 1) asked(n, n * 10)
  for (let n = 0; n < 12; n += 1) did(n * 50 + 5)
  const { seen, sizes } = walk()
  expect([seen.length, new Set(seen).size]).toEqual([67, 67])
  expect(sizes).toEqual([historyPage, historyPage, historyPage, 7])
})

it('loses nothing that happened in the same millisecond, and a clock that was set back hides nothing', () => {
  for (let n = 0; n < 25; n += 1) asked(n, 500)
  asked(25, 100)
  asked(26, 900)
  const { seen, sizes } = walk()
  expect([new Set(seen).size, sizes]).toEqual([27, [26, 1]])
})

it('says that there is nothing where there is nothing', () => {
  expect(readHistory({ past }, '1000000')).toEqual({ history: [], acts: [], older: false })
})
