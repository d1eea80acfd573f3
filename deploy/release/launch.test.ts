import { expect, it } from 'vitest'
import { isNewEnough } from './launch.mjs'

it.each([
  ['24.15.0', true],
  ['24.21.0', true],
  ['26.0.1', true],
  ['24.9.0', false],
  ['20.20.2', false],
])('Node %s is new enough for 24.15.0: %s', (version, answer) => {
  expect(isNewEnough(version, '24.15.0')).toBe(answer)
})
