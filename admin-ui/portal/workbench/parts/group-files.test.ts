import { expect, test } from 'vitest'
import { beginningOf, groupOf } from './group-files.ts'

test.each([
  ['rules/region.rego', 'rules'],
  ['rules/region_test.rego', 'tests'],
  ['data/limits.json', 'data'],
])('%s belongs to the %s', (path, group) => expect(groupOf(path)).toBe(group))

test('a new file begins with the package of its place, or as an empty document', () => {
  expect(beginningOf('rules/opening-hours.rego')).toBe('package sallyport.rules.opening_hours\n')
  expect(beginningOf('data/hours.json')).toBe('{}\n')
})
