import type { Clock } from '../../basics/clock.ts'
import { inWorkspace } from '../compiler/policy-workspace.ts'
import { checkData } from '../data/check-data.ts'
import { revisionOf } from '../policy-files.ts'
import type { PolicySources } from '../policy-files.ts'
import { checkRego } from './check-rego.ts'
import type { LaidOut } from './check-rego.ts'
import { inOrder, testCodes } from './finding.ts'
import type { Finding } from './finding.ts'
import { lintPolicy } from './lint/lint-policy.ts'
import { runRegal } from './lint/run-regal.ts'
import { measureCoverage } from './measure-coverage.ts'
import type { Coverage } from './measure-coverage.ts'
import type { OutlineModules } from './outline-modules.ts'
import type { PolicyCompiler } from './policy-compiler.ts'
import { judgeRules, judgeSize } from './policy-limits.ts'
import { runTests } from './run-tests.ts'
import type { TestResult } from './run-tests.ts'
import { symbolsOf } from './symbols.ts'
import type { PolicySymbol } from './symbols.ts'

export const analysisParts = ['check', 'lint', 'tests'] as const
export type AnalysisPart = (typeof analysisParts)[number]

export interface Analysis {
  /** Of what was analysed. */
  readonly revision: string
  readonly findings: readonly Finding[]
  readonly tests: readonly TestResult[]
  /** Tests that did not run, or do not count because the compiler refuses what they test: then `tests` is empty. */
  readonly blockedTests: number
  /** Null: the tests were not asked for, or did not run to their end. */
  readonly coverage: Coverage | null
  readonly symbols: readonly PolicySymbol[]
  readonly tookMs: number
}

export interface AnalysePolicy {
  readonly compiler: PolicyCompiler
  readonly outlines: OutlineModules
  readonly clock: Clock
  readonly sources: PolicySources
  readonly parts: ReadonlySet<AnalysisPart>
  readonly signal?: AbortSignal
}

/**
 * What the compiler, our own checks and the tests say of a policy. Everything that it does wrong is a finding.
 * @throws CodedError `compiler_busy`, `compiler_cancelled`
 */
export async function analysePolicy(options: AnalysePolicy): Promise<Analysis> {
  const { sources, clock } = options
  const begunMs = clock.monotonicMs()
  const found = await look(options)
  return { ...found, findings: inOrder(found.findings), revision: revisionOf(sources), tookMs: clock.monotonicMs() - begunMs }
}

type Found = Omit<Analysis, 'revision' | 'tookMs'>

const onlyFindings = (findings: readonly Finding[]): Found => ({ findings, tests: [], blockedTests: 0, coverage: null, symbols: [] })

async function look({ compiler, outlines, sources, parts, signal }: AnalysePolicy): Promise<Found> {
  const size = judgeSize(sources)
  // Nothing of what is too large is given to the compiler.
  if (size.length > 0) return onlyFindings(size)
  return inWorkspace(sources, async (dir) => {
    const policy = { sources, dir, ...(signal === undefined ? {} : { signal }) }
    const data = parts.has('check') ? checkData(sources) : []
    const { modules, findings: unread } = await outlines(policy)
    const many = [...unread, ...judgeRules(modules)]
    if (many.length > 0) return onlyFindings([...data, ...many])
    const whole = modules.length === Object.keys(sources).filter((path) => path.endsWith('.rego')).length
    const lint = parts.has('lint') && whole ? lintPolicy(sources, modules) : []
    const [check, run, style] = await Promise.all([
      parts.has('check') ? checkRego(compiler, policy) : [],
      parts.has('tests') ? testAndMeasure(compiler, policy) : notAsked,
      parts.has('lint') ? runRegal(compiler, policy) : [],
    ])
    const symbols = symbolsOf(sources, modules)
    const { tests, findings, coverage } = [...data, ...check].some(refuses) ? withoutResults(run) : run
    return {
      findings: once([...data, ...check, ...lint, ...style, ...findings]),
      tests,
      blockedTests: parts.has('tests') && tests.length === 0 ? symbols.filter(({ kind }) => kind === 'test').length : 0,
      coverage,
      symbols,
    }
  })
}

type Tested = Pick<Found, 'tests' | 'findings' | 'coverage'>
const notAsked: Tested = { tests: [], findings: [], coverage: null }

async function testAndMeasure(compiler: PolicyCompiler, policy: LaidOut): Promise<Tested> {
  const run = await runTests(compiler, policy)
  return { ...run, coverage: await measureCoverage(compiler, policy, run) }
}

/** What is wrong in a test alone leaves the others as they are. */
const refuses = ({ severity, path }: Finding): boolean => severity === 'error' && !path.endsWith('_test.rego')

/** `opa test` knows no schema, so it runs what the check refuses: a misspelt member makes tests fail that are right. */
const withoutResults = ({ findings }: Tested): Tested => ({
  ...notAsked,
  findings: findings.filter(({ code }) => !testCodes.has(code)),
})

/** The run of the tests compiles as well, and says again what the check said of a line. */
function once(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>()
  return findings.filter(({ path, line, code, message }) => {
    const key = JSON.stringify([path, line, code, code.startsWith('rego_') ? '' : message])
    return !seen.has(key) && seen.add(key)
  })
}
