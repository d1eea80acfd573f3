import { expect, it } from 'vitest'
import { changedFiles } from './changed-files.ts'

const files = [
  { path: 'rules/region.rego', sha256: 'aa' },
  { path: 'rules/new.rego', sha256: 'bb' },
  { path: 'rules/account.rego', sha256: 'cc' },
]

it('takes a file for changed by what is in it, not by its size or how often it was written', () => {
  expect([...changedFiles(files, { 'rules/region.rego': 'aa', 'rules/account.rego': 'other', 'rules/gone.rego': 'dd' })]).toEqual([
    'rules/new.rego',
    'rules/account.rego',
  ])
})

it('takes none for changed while what decides is not known', () => expect(changedFiles(files, undefined).size).toBe(0))
