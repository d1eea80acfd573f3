import { expect, it } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import { createShowPace } from './show-pace.ts'

it('lets thirty requests come before the operator, and then one each ten seconds', () => {
  const clock = new FakeClock()
  const pace = createShowPace(clock)
  for (let shown = 0; shown < 30; shown += 1) {
    expect(pace.ready).toBe(true)
    pace.spend()
  }
  expect(pace.ready).toBe(false)
  clock.advance(9_999)
  expect(pace.ready).toBe(false)
  clock.advance(1)
  expect(pace.ready).toBe(true)
  pace.spend()
  expect(pace.ready).toBe(false)
})
