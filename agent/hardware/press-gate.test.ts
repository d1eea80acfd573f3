import { expect, it } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import { createPressGate, silenceMs } from './press-gate.ts'

const gateOn = (clock: FakeClock) => {
  let presses = 0
  return { gate: createPressGate({ clock, onPress: () => (presses += 1) }), presses: () => presses }
}

it('takes one press of a contact that bounces, and the next one after silence', () => {
  const clock = new FakeClock()
  const { gate, presses } = gateOn(clock)
  clock.advance(silenceMs)
  for (let bounce = 0; bounce < 20; bounce++) {
    gate.signal()
    clock.advance(30)
  }
  expect(presses()).toBe(1)
  clock.advance(silenceMs)
  gate.signal()
  expect(presses()).toBe(2)
})

it('hears no press in an input that never rests, however long, nor in what it says as it begins', () => {
  const clock = new FakeClock()
  const { gate, presses } = gateOn(clock)
  for (let signal = 0; signal < 1_000; signal++) {
    gate.signal()
    clock.advance(silenceMs - 1)
  }
  clock.advance(silenceMs)
  gate.begin()
  gate.signal()
  expect(presses()).toBe(0)
})
