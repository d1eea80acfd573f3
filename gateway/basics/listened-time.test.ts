import { expect, it } from 'vitest'
import type { Clock } from './clock.ts'
import { FakeClock } from './fake-clock.ts'
import { createListenedTime } from './listened-time.ts'

it('goes on with the clock as long as somebody is judged, and not otherwise', () => {
  const clock = new FakeClock()
  let judged = 1
  const listened = createListenedTime(clock, () => judged > 0)
  clock.advance(10_000)
  expect(listened.ms).toBe(0)
  listened.listen()
  listened.listen()
  clock.advance(2_000)
  expect(listened.ms).toBe(2_000)
  judged = 0
  clock.advance(10_000)
  expect(listened.ms).toBe(2_100)
  judged = 1
  listened.listen()
  clock.advance(500)
  expect(listened.ms).toBe(2_600)
  listened.stop()
  clock.advance(500)
  expect(listened.ms).toBe(2_600)
})

it('counts a standstill of the process as one look: what came meanwhile was not read yet', () => {
  const late: (() => void)[] = []
  const standing: Clock = {
    nowMs: () => 0,
    nowS: () => 0,
    monotonicMs: () => 60_000,
    after: (_ms, run) => (late.push(run), { cancel() {} }),
  }
  const listened = createListenedTime(standing, () => true)
  listened.listen()
  late.shift()?.()
  expect(listened.ms).toBe(100)
})
