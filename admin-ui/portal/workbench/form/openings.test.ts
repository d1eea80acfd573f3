import { describe, expect, test } from 'vitest'
import { isDate, nextOpening, readOpenings } from './openings.ts'

describe('the openings of a day', () => {
  test('are read as far as they are some', () => {
    expect(readOpenings([{ from: '06:00', to: '12:00' }, 'x', { from: 7 }, null])).toEqual([{ from: '06:00', to: '12:00' }])
    expect(readOpenings(undefined)).toEqual([])
  })

  test('go on after the last one, or before the first where there is no room', () => {
    expect(nextOpening([])).toEqual({ from: '07:00', to: '17:00' })
    expect(nextOpening([{ from: '06:00', to: '12:00' }])).toEqual({ from: '12:00', to: '23:00' })
    expect(nextOpening([{ from: '22:00', to: '24:00' }])).toEqual({ from: '00:00', to: '01:00' })
  })
})

test('a date is one that the calendar has', () => {
  expect(['2026-12-24', '2028-02-29', '2026-01-31'].filter(isDate)).toHaveLength(3)
  expect(['24.12.2026', '2026-13-01', '2026-00-10', '2026-04-31', '2026-02-30', '2026-1-1', ''].filter(isDate)).toEqual([])
})
