import { monitorEventLoopDelay } from 'node:perf_hooks'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { wholeInstallation } from '../basics/scope.ts'
import type { DecisionFilter, DecisionList } from '../decisions/decision-log.ts'
import { exampleDecision, exampleOrganisation, examplePerson } from './testing/example-records.ts'
import { temporaryStorage, type TemporaryStorage } from './testing/temporary-storage.ts'

const decisions = 1_000_000
const firstMs = 1_790_000_000_000
const oldest = exampleDecision('oldest', { evaluatedAt: firstMs })
const rare = examplePerson('rare', { name: 'Rosalind Rare' })

let temporary: TemporaryStorage
beforeAll(async () => {
  temporary = await temporaryStorage()
  const { storage, database } = temporary
  await storage.people.insertOrganisation(exampleOrganisation('north'), [])
  await storage.people.insert(rare, [])
  const { input, result } = oldest
  await storage.decisionLog.append({
    ...oldest,
    input: { ...input, technician: { ...input.technician, id: rare.id } },
    result: { ...result, allow: false, denials: [{ code: 'rare', message: 'Rare.' }] },
  })
  // In parts: what waits for the writer is bounded in time.
  const atOnce = decisions / 10
  for (let from = 1; from <= decisions; from += atOnce) {
    const sql = `WITH RECURSIVE n (i) AS (SELECT ${from} UNION ALL SELECT i + 1 FROM n WHERE i < ${from + atOnce - 1})
      INSERT INTO decisions (id, organisation_id, evaluated_at, action, allow, technician, device, session, codes, revision, duration_us, input, result)
      SELECT 'dec_' || i, 'org', ${firstMs} + i / 3, 'view', i % 2, 'per_' || i % 1000, 'dev_' || i % 50, NULL, '|outside_region|', 'sha256:x', 10, ?, ? FROM n`
    await database.write([{ query: { sql, parameters: [JSON.stringify(input), JSON.stringify(result)] } }])
  }
}, 600_000)
afterAll(() => temporary.close())

interface Searched {
  readonly pages: readonly DecisionList[]
  readonly longestPauseMs: number
}

/** Page after page, as a reader who goes on until there is nothing more. */
async function searched(filter: DecisionFilter): Promise<Searched> {
  const pauses = monitorEventLoopDelay({ resolution: 5 })
  pauses.enable()
  const pages: DecisionList[] = []
  let after: string | null = null
  do {
    const page: DecisionList = await temporary.storage.decisionLog.list(wholeInstallation, filter, {
      limit: 50,
      ...(after === null ? {} : { after }),
    })
    pages.push(page)
    after = page.next
  } while (after !== null)
  pauses.disable()
  return { pages, longestPauseMs: pauses.max / 1e6 }
}

it.each<[string, DecisionFilter]>([
  ['reason', { code: 'rare' }],
  ['revision', { revision: oldest.revision }],
  ['name', { search: 'rosalind' }],
  ['reason within a time', { code: 'rare', from: firstMs, until: firstMs + decisions }],
])(
  'finds one decision in a million by its %s, in bounded pages, while everybody else is served',
  async (_by, filter) => {
    const { pages, longestPauseMs } = await searched(filter)
    expect(pages.flatMap(({ items }) => items.map(({ id }) => id))).toEqual([oldest.id])
    expect(pages.length).toBe(Math.floor(decisions / 50_000) + 1)
    const times = pages.map(({ searchedTo }) => searchedTo)
    expect(times.at(-1)).toBeNull()
    expect(times.slice(0, -1)).toEqual(times.slice(0, -1).map((_, n) => firstMs + Math.floor((decisions + 1 - 50_000 * (n + 1)) / 3)))
    expect(longestPauseMs).toBeLessThan(250)
  },
  300_000,
)

it('finds what many rows fit at once, and the end of the log as fast as its beginning', async () => {
  const { decisionLog } = temporary.storage
  const newest = await decisionLog.list(wholeInstallation, { allow: false }, { limit: 50 })
  expect([newest.items.length, newest.searchedTo, newest.next === null]).toEqual([50, null, false])
  // Oldest first from an instant on, as an export goes: a page far behind it costs what the first one costs.
  const filter = { from: firstMs }
  const at = firstMs + Math.floor(decisions / 3) - 10
  const { next } = await decisionLog.walk(wholeInstallation, { from: at }, { limit: 1 })
  const startedAt = performance.now()
  const page = await decisionLog.walk(wholeInstallation, filter, { limit: 10, after: next ?? '' })
  expect(page.items[0]?.evaluatedAt).toBeGreaterThanOrEqual(at)
  expect(performance.now() - startedAt).toBeLessThan(100)
}, 60_000)
