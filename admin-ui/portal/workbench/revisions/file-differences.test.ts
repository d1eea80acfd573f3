import { expect, test } from 'vitest'
import { differencesOf } from './file-differences.ts'

test('files that are new, gone or changed are named, those that are the same are not', () => {
  const before = { 'a.rego': '1', 'b.rego': '2', 'data/c.json': '{}' }
  const after = { 'b.rego': '3', 'data/c.json': '{}', 'd.rego': '4' }
  expect(differencesOf(before, after)).toEqual([
    { path: 'a.rego', kind: 'gone' },
    { path: 'b.rego', kind: 'changed' },
    { path: 'd.rego', kind: 'new' },
  ])
  expect(differencesOf(after, after)).toEqual([])
})
