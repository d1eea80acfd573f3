import { z } from 'zod'
import type { LineRange, RevisionResults } from './revision-results.ts'

type Coverage = RevisionResults['coverage']

const range = z.object({ start: z.object({ row: z.number().int() }), end: z.object({ row: z.number().int() }) })
const report = z.object({
  files: z.record(z.string(), z.object({ covered: z.array(range).optional(), not_covered: z.array(range).optional() })),
})

export const noCoverage: Coverage = { percent: 0, decision_percent: 0, files: {} }

/** The rules that decide: what lies in `access/` and `rules/` and is no test. Helpers elsewhere are reached through them. */
const decides = (path: string): boolean => /^(?:access|rules)\//.test(path)

/** What `opa test --coverage --format json` says, by lines, without the tests themselves. */
export function readCoverage(written: unknown): Coverage {
  const read = report.safeParse(written)
  if (!read.success) return noCoverage
  const files = Object.entries(read.data.files).filter(([path]) => !path.endsWith('_test.rego'))
  const lines = files.map(([path, { covered = [], not_covered = [] }]) => {
    const missed = rowsOf(not_covered)
    // A range that is reached holds ranges that are not.
    return { path, missed, reached: rowsOf(covered).difference(missed) }
  })
  return {
    percent: percentOf(lines),
    decision_percent: percentOf(lines.filter(({ path }) => decides(path))),
    files: Object.fromEntries(
      lines.map(({ path, reached, missed }) => [path, { covered: rangesOf(reached), not_covered: rangesOf(missed) }] as const),
    ),
  }
}

const rowsOf = (ranges: readonly z.infer<typeof range>[]): Set<number> =>
  new Set(ranges.flatMap(({ start, end }) => Array.from({ length: end.row - start.row + 1 }, (_, index) => start.row + index)))

function percentOf(lines: readonly { readonly reached: Set<number>; readonly missed: Set<number> }[]): number {
  const reached = lines.reduce((sum, line) => sum + line.reached.size, 0)
  const all = reached + lines.reduce((sum, line) => sum + line.missed.size, 0)
  return all === 0 ? 0 : Math.floor((reached / all) * 1_000) / 10
}

function rangesOf(rows: Set<number>): LineRange[] {
  const ranges: [number, number][] = []
  for (const row of [...rows].toSorted((one, other) => one - other)) {
    const last = ranges.at(-1)
    if (last !== undefined && last[1] === row - 1) last[1] = row
    else ranges.push([row, row])
  }
  return ranges
}
