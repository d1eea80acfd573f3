import { expect, it } from 'vitest'
import { projectFiles, readProjectFile } from '../support/source-tree.ts'

it('docs/threat-model.md names a test for each attack, and tests that exist', () => {
  const files = new Set(projectFiles())
  const table = readProjectFile('docs/threat-model.md').split('## What stops what')[1]?.split('## What stays open')[0] ?? ''
  const rows = table.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| attack') && !line.startsWith('| ---'))
  expect(rows.length).toBeGreaterThan(15)
  const named = rows.map((row) => [...row.matchAll(/`([^`]+\.test\.ts)`/g)].map(([, test = '']) => test))
  expect(rows.filter((_, at) => named[at]?.length === 0)).toEqual([])
  expect(named.flat().filter((test) => !files.has(test))).toEqual([])
})
