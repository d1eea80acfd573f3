import { isCodedError } from '../../basics/coded-error.ts'
import type { CompiledPolicy } from '../../decisions/compiled-policy.ts'
import type { Analysis, AnalysisPart } from '../analysis/analyse-policy.ts'
import type { Finding } from '../analysis/finding.ts'
import type { PolicyTools } from '../analysis/policy-tools.ts'
import { compilePolicy } from '../compile-policy.ts'
import type { Opa } from '../compiler/confined-opa.ts'
import { inWorkspace } from '../compiler/policy-workspace.ts'
import type { PolicySources } from '../policy-files.ts'
import type { RevisionResults } from './revision-results.ts'

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
  /** Check and tests alone. @throws CodedError `compiler_busy` */
  test(sources: PolicySources): Promise<RevisionResults>
}

export interface SourceJudgeOptions {
  readonly opa: () => Promise<Opa>
  readonly version: string
  /** Where `schemas/` and `capabilities.json` are: the shipped `policies/`. */
  readonly contractDir: string
  readonly analyse: PolicyTools['analyse']
}

const timeLimitMs = 30_000
const mostFailures = 100
const longestOutput = 16 * 1024
const longestOfTest = 2_000
const parts: ReadonlySet<AnalysisPart> = new Set(['check', 'tests'])

/** Check, tests, coverage and compilation on copies, by the Rego compiler: what an editor was told of a draft counts for the revision. */
export function createSourceJudge({ opa, version, contractDir, analyse }: SourceJudgeOptions): SourceJudge {
  const compiled = async (sources: PolicySources): Promise<CompiledPolicy | string> => {
    const compiler = await opa()
    try {
      return await inWorkspace(sources, (dir) => compilePolicy({ dir, opa: compiler, contractDir, timeLimitMs }))
    } catch (error) {
      if (isCodedError(error, 'policy_does_not_compile')) return error.message
      throw error
    }
  }
  return {
    version,
    async judge(sources) {
      const analysis = await analyse({ sources, parts })
      const problems = problemsOf(analysis)
      const built = problems.length > 0 ? 'not compiled' : await compiled(sources)
      if (typeof built === 'string' && problems.length === 0) problems.push(built)
      return { results: resultsOf(problems, analysis), policy: typeof built === 'string' ? null : built }
    },
    async test(sources) {
      const analysis = await analyse({ sources, parts })
      return resultsOf(problemsOf(analysis), analysis)
    },
  }
}

const problemsOf = ({ findings }: Analysis): string[] => findings.filter(isOfTheCheck).map(inOneLine)

const resultsOf = (problems: readonly string[], analysis: Analysis): RevisionResults => ({
  check: { ok: problems.length === 0, output: problems.join('\n').slice(0, longestOutput) },
  ...testsOf(analysis),
})

/** What is wrong in a test stands against its activation, not against the revision. */
const isOfTheCheck = ({ severity, path }: Finding): boolean => severity === 'error' && !path.endsWith('_test.rego')

const inOneLine = ({ path, line, code, message }: Finding): string => `${path === '' ? '' : `${path}:${line}: `}${code}: ${message}`

function testsOf({ tests, findings, coverage, tookMs }: Analysis): Omit<RevisionResults, 'check'> {
  const failures = tests.filter(({ passed }) => !passed)
  const notBegun = tests.length > 0 ? [] : findings.filter(({ severity, path }) => severity === 'error' && path.endsWith('_test.rego'))
  return {
    tests: {
      passed: tests.length - failures.length,
      failed: failures.length,
      failures: failures
        .slice(0, mostFailures)
        .map(({ name, path, line, output }) => ({ name, path, line, output: output.slice(0, longestOfTest) })),
      all: tests.map(({ name, path, line, passed, durationUs, output }) => {
        return { name, path, line, passed, duration_us: durationUs, output: output.slice(0, passed ? 0 : longestOfTest) }
      }),
      output: notBegun.map(inOneLine).join('\n').slice(0, longestOutput),
    },
    coverage: {
      percent: coverage?.percent ?? 0,
      decision_percent: coverage?.decisionPercent ?? 0,
      files: Object.fromEntries(
        Object.entries(coverage?.files ?? {}).map(
          ([path, { covered, notCovered }]) => [path, { covered, not_covered: notCovered }] as const,
        ),
      ),
    },
    took_ms: Math.round(tookMs),
  }
}
