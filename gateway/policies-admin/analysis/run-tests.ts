import { z } from 'zod'
import { sortFiles } from '../policy-files.ts'
import type { PolicySources } from '../policy-files.ts'
import { runOpa } from '../run-opa.ts'
import type { OpaOutcome } from '../run-opa.ts'
import { capabilitiesOf } from './check-rego.ts'
import type { LaidOut } from './check-rego.ts'
import { findingsOf, inPolicy } from './compiler-words.ts'
import { atPlace } from './finding.ts'
import type { Finding } from './finding.ts'
import type { PolicyCompiler } from './policy-compiler.ts'

export interface TestResult {
  /** With its package: `sallyport.rules.region_test.test_a_machine_elsewhere_is_refused`. */
  readonly name: string
  readonly path: string
  readonly line: number
  readonly passed: boolean
  readonly durationUs: number
  /** What it printed, and why it failed. */
  readonly output: string
}

export interface TestRun {
  readonly tests: readonly TestResult[]
  /** Failures at their line; what stopped all of them. */
  readonly findings: readonly Finding[]
  /** Whether every test ran to its end. */
  readonly ran: boolean
}

/** Of one test; a loop is told with its line. */
const testWithin = '2s'
/** A failure is told with the expressions that were tried: of one that tried very many, without. */
const mostResultBytes = 8 * 1024 * 1024
const mostOutput = 4_000
const mostSteps = 12

const place = z.object({ file: z.string(), row: z.number(), col: z.number().optional() })
const resultSchema = z.object({
  location: place,
  package: z.string(),
  name: z.string(),
  fail: z.boolean().optional(),
  skip: z.boolean().optional(),
  duration: z.number(),
  output: z.string().optional(),
  error: z
    .object({
      message: z.string(),
      code: z.string().optional(),
      location: place.optional(),
      stack_trace: z.array(z.object({ location: place })).optional(),
    })
    .optional(),
  trace: z.array(z.object({ Op: z.string(), Location: place.nullable(), Message: z.string().optional() })).nullish(),
  sub_results: z.record(z.string(), z.unknown()).nullish(),
})
type Result = z.infer<typeof resultSchema>

/** `opa test`: every test of the policy. */
export async function runTests(compiler: PolicyCompiler, policy: LaidOut): Promise<TestRun> {
  if (sortFiles(Object.keys(policy.sources)).tests.length === 0) return { tests: [], findings: [], ran: true }
  const detailed = await test(compiler, policy, ['--format', 'json', '--verbose'])
  const outcome = detailed.stopped === 'output' ? await test(compiler, policy, ['--format', 'json', '--explain', 'notes']) : detailed
  const results = outcome.stopped === null ? readResults(outcome.stdout) : undefined
  if (results === undefined) return { tests: [], findings: findingsOf(outcome, policy.sources, 'The run of the tests'), ran: false }
  const counted = results.filter(({ skip }) => skip !== true)
  return {
    tests: counted
      .map((result) => resultOf(result, policy.sources))
      .toSorted((a, b) => (a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1)),
    findings: counted.filter(failed).map((result) => failure(result, policy.sources)),
    ran: true,
  }
}

/** @param args beside what every run of tests has */
export function test(compiler: PolicyCompiler, { sources, dir, signal }: LaidOut, args: readonly string[]): Promise<OpaOutcome> {
  const files = sortFiles(Object.keys(sources))
  const all = ['test', '--v1-compatible', '--timeout', testWithin, '--parallel', '1', ...args, ...capabilitiesOf(compiler)]
  return runOpa({
    opa: compiler.opa,
    args: [...all, ...files.sources, ...files.tests, ...files.data],
    cwd: dir,
    timeLimitMs: compiler.timeLimitMs,
    mostOutputBytes: mostResultBytes,
    ...(signal === undefined ? {} : { signal }),
  })
}

function readResults(stdout: string): readonly Result[] | undefined {
  try {
    return z.array(resultSchema).nullable().parse(JSON.parse(stdout)) ?? []
  } catch {
    return undefined
  }
}

const failed = ({ fail, error }: Result): boolean => fail === true || error !== undefined

function resultOf(result: Result, sources: PolicySources): TestResult {
  const printed = Buffer.from(result.output ?? '', 'base64').toString('utf8')
  return {
    name: `${result.package.replace(/^data\./u, '')}.${result.name}`,
    path: inPolicy(result.location.file, sources) ?? result.location.file,
    line: result.location.row,
    passed: !failed(result),
    durationUs: Math.round(result.duration / 1_000),
    output: `${printed}${failed(result) ? why(result, sources) : ''}`.slice(0, mostOutput),
  }
}

/** The lines at which it failed, the last one last: that is where it ended. */
function why(result: Result, sources: PolicySources): string {
  if (result.error !== undefined) return errorOf(result.error, sources)
  const failures = (result.trace ?? []).filter(({ Op, Location }) => Op === 'Fail' && Location !== null && Location.file !== '')
  const lines = failures.map(({ Location }) => {
    const path = inPolicy(Location?.file ?? '', sources) ?? ''
    return `${path}:${Location?.row ?? 0}: ${(sources[path]?.split('\n')[(Location?.row ?? 1) - 1] ?? '').trim()}`
  })
  const cases = Object.entries(result.sub_results ?? {}).filter(([, one]) => typeof one === 'object' && one !== null && 'fail' in one)
  return [
    ...cases.slice(0, mostSteps).map(([name]) => `case "${name}" fails`),
    ...[...new Set(lines)].slice(-mostSteps).map((line) => `not true: ${line}`),
  ].join('\n')
}

function errorOf(error: NonNullable<Result['error']>, sources: PolicySources): string {
  const at = error.location ?? error.stack_trace?.find(({ location }) => inPolicy(location.file, sources) !== undefined)?.location
  const where = at === undefined ? '' : `${inPolicy(at.file, sources) ?? at.file}:${at.row}: `
  return `${where}${tookTooLong(error) ? `The test took longer than ${testWithin.replace('s', ' seconds')} and was ended.` : error.message}`
}

const tookTooLong = (error: Result['error']): boolean => error?.code === 'eval_cancel_error'

function failure(result: Result, sources: PolicySources): Finding {
  const path = inPolicy(result.location.file, sources) ?? result.location.file
  const { row, col = 1 } = result.location
  const message = `The test "${result.name}" fails${result.error === undefined ? '.' : `: ${errorOf(result.error, sources)}`}`
  return atPlace(
    sources[path],
    { path, line: row, column: col },
    {
      severity: 'error',
      // On a machine that is busy now it may be in time another time.
      code: tookTooLong(result.error) ? 'test_too_slow' : 'test_failed',
      message,
    },
  )
}
