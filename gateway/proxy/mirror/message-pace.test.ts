import { expect, it } from 'vitest'
import { FakeClock } from '../../basics/fake-clock.ts'
import { createMessagePace, slowestBytesPerSecond, wholeWithinMs } from './message-pace.ts'

function start() {
  const clock = new FakeClock()
  const late: number[] = []
  return { clock, late, pace: createMessagePace(clock, () => late.push(clock.monotonicMs())) }
}

it('a message that does not go on is late in time, once', () => {
  const { clock, late, pace } = start()
  pace.holds(1)
  clock.advance(wholeWithinMs)
  expect(late).toEqual([])
  clock.advance(1)
  pace.holds(2)
  clock.advance(wholeWithinMs)
  expect(late).toEqual([wholeWithinMs + 1_000 / slowestBytesPerSecond])
})

it('one that comes slowly is not, while it keeps the pace', () => {
  const { clock, late, pace } = start()
  for (let s = 0; s < 500; s += 1) {
    pace.holds(1 + s * slowestBytesPerSecond)
    clock.advance(1_000)
  }
  expect(late).toEqual([])
  // A byte a second is no pace.
  for (let s = 0; s < wholeWithinMs / 1_000; s += 1) {
    pace.holds(1 + 499 * slowestBytesPerSecond + s)
    clock.advance(1_000)
  }
  expect(late).toHaveLength(1)
})

it('each message has its own time, and none is needed between them', () => {
  const { clock, late, pace } = start()
  for (let message = 0; message < 3; message += 1) {
    pace.holds(1)
    clock.advance(wholeWithinMs - 1)
    pace.anew()
    pace.holds(1)
    clock.advance(wholeWithinMs - 1)
    pace.holds(0)
    clock.advance(wholeWithinMs)
  }
  pace.holds(1)
  pace.stop()
  clock.advance(wholeWithinMs * 2)
  expect(late).toEqual([])
})
