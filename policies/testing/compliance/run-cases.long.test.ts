import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readCases } from './compliance-case.ts'
import { findCases } from './find-cases.ts'
import { knownDifferences, notForUs } from './known-differences.ts'
import { runCases } from './run-cases.ts'
import { withTables } from './write-table.ts'

const dir = await findCases()

describe("OPA's own cases for engines", () => {
  it.skipIf(dir === null)(
    'are answered by ours as they say, but for those that are known by name, and the page says how many',
    async () => {
      const outcomes = await runCases(readCases(dir ?? ''))
      const named = (as: string): string[] => outcomes.filter((outcome) => outcome.as === as).map(({ note }) => note)
      process.stdout.write(`${outcomes.length} cases, ${named('passed').length} passed, ${named('failed').length} answered otherwise\n`)
      expect(outcomes.filter(({ as, note }) => as === 'failed' && knownDifferences[note] === undefined)).toEqual([])
      expect(outcomes.filter(({ as, note }) => as === 'not_compiled' && notForUs[note] === undefined)).toEqual([])
      // One that was mended is no difference any more.
      expect(named('failed').toSorted()).toEqual(Object.keys(knownDifferences).toSorted())
      expect(named('not_compiled').toSorted()).toEqual(Object.keys(notForUs).toSorted())
      expect(named('passed').length).toBeGreaterThan(1_200)
      const page = readFileSync(new URL('../../../docs/policy-engine.md', import.meta.url), 'utf8')
      expect(withTables(page, outcomes)).toBe(page)
    },
    1_800_000,
  )
})
