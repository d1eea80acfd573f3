import { expect, it } from 'vitest'
import { clockBuiltin } from './clock-builtin.ts'

const clock = clockBuiltin['time.clock']
const ns = (utc: string): number => Date.parse(utc) * 1e6

it('tells hour, minute and second of a zone on both sides of a change of its clocks', () => {
  expect(clock([ns('2027-03-28T00:59:59Z'), 'Europe/Berlin'])).toEqual([1, 59, 59])
  expect(clock([ns('2027-03-28T01:00:00Z'), 'Europe/Berlin'])).toEqual([3, 0, 0])
  expect(clock([ns('2027-10-31T00:59:59Z'), 'Europe/Berlin'])).toEqual([2, 59, 59])
  expect(clock([ns('2027-10-31T01:00:00Z'), 'Europe/Berlin'])).toEqual([2, 0, 0])
})

it('is UTC without a zone', () => {
  expect(clock(ns('2026-11-24T06:00:07Z'))).toEqual([6, 0, 7])
  expect(clock([ns('2026-11-24T06:00:07Z'), ''])).toEqual([6, 0, 7])
  expect(clock(ns('1969-12-31T23:59:58Z'))).toEqual([23, 59, 58])
})

it('is undefined for what no clock shows', () => {
  for (const when of [null, 'now', [], [ns('2026-11-24T06:00:00Z'), 'No/Where'], [ns('2026-11-24T06:00:00Z'), 7], [2 ** 63, 'UTC']])
    expect(clock(when)).toBeUndefined()
})
