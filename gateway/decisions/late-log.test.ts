import { expect, it, vi } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import { exampleDecision } from '../storage/testing/example-records.ts'
import { LateLog } from './late-log.ts'

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))
const rowsOf = (count: number, text = 'x') => Array.from({ length: count }, (_, n) => ({ record: exampleDecision(`${n}`), text }))

function lateLog(limits: Partial<ConstructorParameters<typeof LateLog>[0]['limits']> = {}) {
  const clock = new FakeClock(0)
  const units: number[] = []
  const state = { held: Promise.resolve(), fails: false }
  const log = new LateLog({
    write: async (rows) => {
      units.push(rows.length)
      await state.held
      return state.fails
    },
    clock,
    limits: { lateRows: 1_000, lateCharacters: 1_000_000, lateMs: 2_000, lateUnitRows: 100, ...limits },
  })
  return { log, units, clock, state }
}

it('writes what waits once nothing is evaluated any more, in units', async () => {
  const { log, units } = lateLog()
  await log.begin()
  const added = [log.add(rowsOf(60)), log.add(rowsOf(60)), log.add(rowsOf(150)), log.add([])]
  await turn()
  expect([units, log.rows]).toEqual([[], 270])
  log.end()
  // The next part is begun in the same turn.
  await log.begin()
  await turn()
  expect(units).toEqual([])
  log.end()
  expect(await Promise.all(added)).toEqual([false, false, false, false])
  expect([units, log.rows]).toEqual([[60, 60, 150], 0])
})

it('says of which rows it failed, and writes the next ones', async () => {
  const { log, state } = lateLog()
  state.fails = true
  expect(await log.add(rowsOf(3))).toBe(true)
  state.fails = false
  expect([await log.add(rowsOf(3)), log.rows]).toEqual([false, 0])
})

it.each([
  ['rows', { lateRows: 100 }, 'x'],
  ['characters', { lateCharacters: 500 }, 'xxxxx'],
])('is bounded in %s: more are not evaluated before some are written', async (_what, limits, text) => {
  const { log, units, state } = lateLog(limits)
  const { promise, resolve: written } = Promise.withResolvers<void>()
  state.held = promise
  await log.begin()
  void log.add(rowsOf(99, text))
  await turn()
  expect(units).toEqual([])
  void log.add(rowsOf(1, text))
  await vi.waitFor(() => expect(units).toEqual([100]))
  let begun = false
  const next = log.begin().then(() => (begun = true))
  await turn()
  expect(begun).toBe(false)
  written()
  await next
  expect(log.rows).toBe(0)
})

it('keeps none waiting for long, whatever else is evaluated', async () => {
  const { log, units, clock } = lateLog()
  await log.begin()
  void log.add(rowsOf(5))
  clock.advance(1_999)
  void log.add(rowsOf(5))
  await turn()
  expect(units).toEqual([])
  clock.advance(1)
  await log.add(rowsOf(5))
  expect(units).toEqual([15])
})
