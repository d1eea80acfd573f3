import { expect, it } from 'vitest'
import { coveredPercent } from './covered-percent.ts'

it('counts lines, both ends of each stretch', () => {
  expect(
    coveredPercent({
      covered: [
        [1, 3],
        [7, 7],
      ],
      not_covered: [[4, 7]],
    }),
  ).toBe(50)
  expect(coveredPercent({ covered: [], not_covered: [[2, 2]] })).toBe(0)
})

it('has no percentage of a file in which nothing is evaluated', () => expect(coveredPercent({ covered: [], not_covered: [] })).toBeNull())
