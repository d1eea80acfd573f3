import { z } from 'zod'
import type { PolicySources } from '../policy-files.ts'
import type { LaidOut } from './check-rego.ts'
import { inPolicy } from './compiler-words.ts'
import type { PolicyCompiler } from './policy-compiler.ts'
import { test } from './run-tests.ts'
import type { TestRun } from './run-tests.ts'

/** First and last line of a stretch. */
type Lines = readonly (readonly [number, number])[]

export interface FileCoverage {
  readonly covered: Lines
  readonly notCovered: Lines
  readonly percent: number
}

export interface Coverage {
  /** Of everything but the tests themselves. */
  readonly percent: number
  /** Of what decides: the modules under `access/` and `rules/`. */
  readonly decisionPercent: number
  readonly files: Readonly<Record<string, FileCoverage>>
}

const stretch = z.object({ start: z.object({ row: z.number() }), end: z.object({ row: z.number() }) })
const fileSchema = z.object({
  covered: z.array(stretch).nullish(),
  not_covered: z.array(stretch).nullish(),
  covered_lines: z.number().default(0),
  not_covered_lines: z.number().default(0),
})
const reportSchema = z.object({ files: z.record(z.string(), fileSchema) })

const decides = (path: string): boolean => /^(?:access|rules)\//u.test(path)
/** More names than a command line takes: then all of them run, and a failure leaves no coverage. */
const mostNamesBytes = 64 * 1024

/** What the tests that pass reach, line by line; null where they did not run to their end. The test runner measures nothing where one fails. */
export async function measureCoverage(compiler: PolicyCompiler, policy: LaidOut, run: TestRun): Promise<Coverage | null> {
  const passed = run.tests.filter((one) => one.passed)
  if (!run.ran || passed.length === 0) return null
  const names = `^data\\.(?:${passed.map(({ name }) => name.replaceAll('.', '\\.')).join('|')})$`
  const some = passed.length < run.tests.length && names.length < mostNamesBytes ? ['--run', names] : []
  const outcome = await test(compiler, policy, ['--coverage', '--coverage-runs', '', '--format', 'json', ...some])
  if (outcome.exitCode !== 0) return null
  try {
    return coverageOf(reportSchema.parse(JSON.parse(outcome.stdout)), policy.sources)
  } catch {
    return null
  }
}

function coverageOf(report: z.infer<typeof reportSchema>, sources: PolicySources): Coverage {
  const files: Record<string, FileCoverage> = {}
  const counted = { all: [0, 0] as [number, number], decision: [0, 0] as [number, number] }
  for (const [file, found] of Object.entries(report.files)) {
    const path = inPolicy(file, sources)
    if (path === undefined || path.endsWith('_test.rego')) continue
    const lines: readonly [number, number] = [found.covered_lines, found.not_covered_lines]
    files[path] = { covered: stretches(reached(found)), notCovered: stretches(linesOf(found.not_covered ?? [])), percent: percentOf(lines) }
    for (const sum of decides(path) ? [counted.all, counted.decision] : [counted.all]) {
      sum[0] += lines[0]
      sum[1] += lines[1]
    }
  }
  return { percent: percentOf(counted.all), decisionPercent: percentOf(counted.decision), files }
}

const percentOf = ([covered, not]: readonly [number, number]): number =>
  covered + not === 0 ? 100 : Math.floor((covered / (covered + not)) * 1_000) / 10

/** A line of which a part was not reached counts as not reached. */
function reached({ covered, not_covered: not }: z.infer<typeof fileSchema>): Set<number> {
  return linesOf(covered ?? []).difference(linesOf(not ?? []))
}

const linesOf = (found: readonly z.infer<typeof stretch>[]): Set<number> =>
  new Set(found.flatMap(({ start, end }) => Array.from({ length: end.row - start.row + 1 }, (_, n) => start.row + n)))

function stretches(lines: ReadonlySet<number>): Lines {
  const out: [number, number][] = []
  for (const line of [...lines].toSorted((a, b) => a - b)) {
    const last = out.at(-1)
    if (last?.[1] === line - 1) last[1] = line
    else out.push([line, line])
  }
  return out
}
