import { resolve } from 'node:path'
import { z } from 'zod'
import type { Clock } from '../../basics/clock.ts'
import { isCodedError } from '../../basics/coded-error.ts'
import type { CompiledPolicy } from '../../decisions/compiled-policy.ts'
import { runCheck, type PolicyCheckStep } from '../check-policy.ts'
import { compilePolicy } from '../compile-policy.ts'
import type { Opa } from '../compiler/confined-opa.ts'
import { inWorkspace } from '../compiler/policy-workspace.ts'
import { checkData } from '../data/check-data.ts'
import { policyFiles, type PolicyFiles, type PolicySources } from '../policy-files.ts'
import { runOpa } from '../run-opa.ts'
import { noCoverage, readCoverage } from './read-coverage.ts'
import type { FailedTest, RevisionResults } from './revision-results.ts'

export interface Judgement {
  readonly results: RevisionResults
  /** Null where it does not compile; the check says why. */
  readonly policy: CompiledPolicy | null
}

/** What finds out what sources are worth. */
export interface SourceJudge {
  /** Of the compiler. */
  readonly version: string
  /** @throws CodedError `compiler_busy` */
  judge(sources: PolicySources): Promise<Judgement>
}

export interface SourceJudgeOptions {
  readonly opa: () => Promise<Opa>
  readonly version: string
  /** Where `schemas/` and `capabilities.json` are: the shipped `policies/`. */
  readonly contractDir: string
  readonly clock: Clock
}

const timeLimitMs = 30_000
const mostFailures = 100
const longestOutput = 16 * 1024

/** Check, tests, coverage and compilation on copies, by the Rego compiler. */
export function createSourceJudge({ opa: compiler, version, contractDir, clock }: SourceJudgeOptions): SourceJudge {
  const judgeFolder = async (sources: PolicySources, dir: string): Promise<Judgement> => {
    const startedAt = clock.monotonicMs()
    const files = policyFiles(dir)
    const opa = await compiler()
    const options = { dir, opa, contractDir, timeLimitMs }
    const step = withData(await runCheck(options, files), sources)
    const built = await compilePolicy(options).catch((error: unknown) => {
      if (isCodedError(error)) return error
      throw error
    })
    const check = isCodedError(built) ? { ok: false, output: [step.ok ? '' : step.output, built.message].join('\n').trim() } : step
    // What does not fit its contract is refused anyway: its tests would only say the same again.
    const tests = check.ok ? await runTests(opa, dir, files) : untested
    const results = {
      check: { ok: check.ok, output: check.output.slice(0, longestOutput) },
      ...tests,
      took_ms: Math.round(clock.monotonicMs() - startedAt),
    }
    return { results, policy: isCodedError(built) ? null : built }
  }

  const runTests = async (opa: Opa, dir: string, files: PolicyFiles): Promise<Pick<RevisionResults, 'tests' | 'coverage'>> => {
    const all = [...files.sources, ...files.tests, ...files.data]
    const capabilities = ['--capabilities', resolve(contractDir, 'capabilities.json')]
    const test = (...more: string[]) =>
      runOpa({ opa, args: ['test', '--v1-compatible', '--format', 'json', ...capabilities, ...more, ...all], cwd: dir, timeLimitMs })
    const [told, covered] = [await test(), await test('--coverage')]
    const outcomes = testOutcomes.safeParse(parsed(told.stdout))
    if (!outcomes.success) {
      const words = told.timedOut ? `The tests took longer than ${timeLimitMs} ms.` : `${told.stdout}${told.stderr}`
      return { tests: { passed: 0, failed: 0, failures: [], output: words.trim().slice(0, longestOutput) }, coverage: noCoverage }
    }
    const failures = outcomes.data.filter(({ fail, error }) => fail === true || error !== undefined)
    const skipped = outcomes.data.filter(({ skip }) => skip === true).length
    return {
      tests: {
        passed: outcomes.data.length - failures.length - skipped,
        failed: failures.length,
        failures: failures.slice(0, mostFailures).map(failedTest),
        output: told.stderr.trim().slice(0, longestOutput),
      },
      coverage: readCoverage(parsed(covered.stdout)),
    }
  }

  return { version, judge: (sources) => inWorkspace(sources, (dir) => judgeFolder(sources, dir)) }
}

const untested = { tests: { passed: 0, failed: 0, failures: [], output: '' }, coverage: noCoverage }

/** The compiler takes any JSON; what the shipped rules cannot use is refused as well, with its line. */
function withData(step: PolicyCheckStep, sources: PolicySources): Pick<PolicyCheckStep, 'ok' | 'output'> {
  const said = checkData(sources).map(({ path, line, code, message }) => `${path}:${line}: ${code}: ${message}`)
  return said.length === 0 ? step : { ok: false, output: [step.ok ? '' : step.output, ...said].join('\n').trim() }
}

const testOutcomes = z.array(
  z.object({
    name: z.string(),
    location: z.object({ file: z.string(), row: z.number().int() }),
    fail: z.boolean().optional(),
    skip: z.boolean().optional(),
    error: z.unknown().optional(),
    output: z.string().optional(),
  }),
)

function failedTest({ name, location, output, error }: z.infer<typeof testOutcomes>[number]): FailedTest {
  const printed = output === undefined ? '' : Buffer.from(output, 'base64').toString('utf8')
  const why = error === undefined ? '' : JSON.stringify(error)
  return { name, path: location.file, line: location.row, output: `${printed}${why}`.slice(0, 2_000) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
