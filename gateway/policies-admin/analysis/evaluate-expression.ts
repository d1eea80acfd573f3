import { z } from 'zod'
import type { Clock } from '../../basics/clock.ts'
import { inWorkspace } from '../compiler/policy-workspace.ts'
import { sortFiles } from '../policy-files.ts'
import type { PolicySources } from '../policy-files.ts'
import { runOpa } from '../run-opa.ts'
import type { OpaOutcome } from '../run-opa.ts'
import { capabilitiesOf } from './check-rego.ts'
import { findingsOf, inPolicy } from './compiler-words.ts'
import type { Finding } from './finding.ts'
import type { OutlineModules } from './outline-modules.ts'
import type { PolicyCompiler } from './policy-compiler.ts'
import { judgeSize } from './policy-limits.ts'

export interface EvaluateExpression {
  readonly compiler: PolicyCompiler
  readonly outlines: OutlineModules
  readonly clock: Clock
  readonly sources: PolicySources
  /** The module in whose package and with whose imports it is read; none: everything is named in full, from `data`. */
  readonly path?: string | undefined
  readonly expression: string
  /** Undefined: there is no input. */
  readonly input?: unknown
  readonly signal?: AbortSignal
}

/** One step of the evaluation, in its order. */
export interface ExplainedStep {
  readonly path: string
  readonly line: number
  /** How many rules it is below the expression. */
  readonly depth: number
  readonly operation: 'enter' | 'eval' | 'redo' | 'exit' | 'fail'
  /** The line as it stands in the module. */
  readonly text: string
}

export interface Evaluated {
  readonly ok: boolean
  /** Whether it has a value at all; `value` is that, or a list of bindings where it has free variables. */
  readonly defined: boolean
  readonly value?: unknown
  readonly printed: readonly string[]
  readonly findings: readonly Finding[]
  readonly explanation: readonly ExplainedStep[]
  readonly tookMs: number
}

const evaluateWithin = '3s'
const mostResultBytes = 4 * 1024 * 1024
const mostSteps = 500
const mostPrinted = 100

const place = z.object({ file: z.string(), row: z.number() })
const stepSchema = z.object({ Op: z.string(), Location: place.nullable(), QueryID: z.number(), ParentID: z.number() })
const answerSchema = z.object({
  result: z
    .array(z.object({ expressions: z.array(z.object({ value: z.unknown() })), bindings: z.record(z.string(), z.unknown()).optional() }))
    .optional(),
  errors: z.array(z.unknown()).optional(),
  explanation: z.array(stepSchema).nullish(),
})

/** `opa eval` of something that was selected in the editor, within the draft. Nothing of it is logged as a decision, and nobody gets in by it. */
export async function evaluateExpression(options: EvaluateExpression): Promise<Evaluated> {
  const { sources, clock } = options
  const begunMs = clock.monotonicMs()
  const size = judgeSize(sources)
  const found = size.length > 0 ? failed(size) : await inWorkspace(sources, (dir) => evaluate(options, dir))
  return { ...found, tookMs: clock.monotonicMs() - begunMs }
}

type Found = Omit<Evaluated, 'tookMs'>

const failed = (findings: readonly Finding[], printed: readonly string[] = []): Found => ({
  ok: false,
  defined: false,
  printed,
  findings,
  explanation: [],
})

async function evaluate(options: EvaluateExpression, dir: string): Promise<Found> {
  const within = await packageOf(options, dir)
  const explained = await run(options, dir, [...within, '--explain', 'full'])
  // The steps of what goes through much are more than anybody reads.
  const outcome = explained.stopped === 'output' ? await run(options, dir, within) : explained
  const printed = outcome.stderr
    .split('\n')
    .filter((line) => line !== '')
    .slice(0, mostPrinted)
  const answer = outcome.stopped === null ? readAnswer(outcome.stdout) : undefined
  if (answer === undefined || answer.errors !== undefined)
    return failed(ofExpression(outcome, options), outcome.exitCode === 0 ? printed : [])
  const results = answer.result ?? []
  return {
    ok: true,
    defined: results.length > 0,
    ...(results.length > 0 ? { value: valueOf(results) } : {}),
    printed,
    findings: [],
    explanation: explain(answer.explanation ?? [], options.sources),
  }
}

function run(options: EvaluateExpression, dir: string, args: readonly string[]): Promise<OpaOutcome> {
  const { compiler, sources, expression, input, signal } = options
  const files = sortFiles(Object.keys(sources))
  // Tests are rules below `data` as well: whoever goes through all of it would run each of them.
  const tests = options.path !== undefined && files.tests.includes(options.path) ? files.tests : []
  const data = [...files.sources, ...tests, ...files.data].flatMap((path) => ['--data', path])
  const limits = ['--format', 'json', '--timeout', evaluateWithin, '--strict-builtin-errors', ...capabilitiesOf(compiler)]
  return runOpa({
    opa: compiler.opa,
    args: ['eval', '--v1-compatible', ...limits, ...args, ...(input === undefined ? [] : ['--stdin-input']), ...data, '--', expression],
    cwd: dir,
    timeLimitMs: compiler.timeLimitMs,
    mostOutputBytes: mostResultBytes,
    ...(input === undefined ? {} : { input: JSON.stringify(input) }),
    ...(signal === undefined ? {} : { signal }),
  })
}

async function packageOf({ outlines, sources, path, signal }: EvaluateExpression, dir: string): Promise<string[]> {
  const text = path === undefined ? undefined : sources[path]
  if (path === undefined || text === undefined || !path.endsWith('.rego')) return []
  const { modules } = await outlines({ sources: { [path]: text }, dir, ...(signal === undefined ? {} : { signal }) })
  const [module] = modules
  if (module === undefined) return []
  const imports = module.imports.filter(({ path: [root] }) => root === 'data' || root === 'input')
  return [
    '--package',
    module.package.slice(1).join('.'),
    ...imports.flatMap(({ path: imported, name }) => ['--import', `${imported.join('.')} as ${name}`]),
  ]
}

function readAnswer(stdout: string): z.infer<typeof answerSchema> | undefined {
  try {
    return answerSchema.parse(JSON.parse(stdout))
  } catch {
    return undefined
  }
}

/** An error without a file is one of the expression itself: its line and column count there, and `path` is empty. */
function ofExpression(outcome: OpaOutcome, { sources, expression }: EvaluateExpression): Finding[] {
  const findings = findingsOf({ ...outcome, exitCode: outcome.exitCode ?? 2 }, { ...sources, '': expression }, 'The evaluation')
  return findings.map((finding) =>
    /context deadline exceeded|eval_cancel_error/u.test(`${finding.code} ${finding.message}`)
      ? {
          ...finding,
          code: 'compiler_time',
          message: `The evaluation took longer than ${evaluateWithin.replace('s', ' seconds')} and was ended.`,
        }
      : finding,
  )
}

function valueOf(results: NonNullable<z.infer<typeof answerSchema>['result']>): unknown {
  const free = results.some(({ bindings }) => bindings !== undefined && Object.keys(bindings).length > 0)
  if (free) return results.map(({ bindings }) => bindings ?? {})
  return results[0]?.expressions.at(-1)?.value
}

const operations: Readonly<Record<string, ExplainedStep['operation']>> = {
  Enter: 'enter',
  Eval: 'eval',
  Redo: 'redo',
  Exit: 'exit',
  Fail: 'fail',
}

function explain(steps: readonly z.infer<typeof stepSchema>[], sources: PolicySources): ExplainedStep[] {
  const depths = new Map<number, number>()
  const explained: ExplainedStep[] = []
  for (const { Op, Location, QueryID, ParentID } of steps) {
    const depth = depths.get(QueryID) ?? (QueryID === ParentID ? 0 : (depths.get(ParentID) ?? 0) + 1)
    depths.set(QueryID, depth)
    const operation = operations[Op]
    const path = inPolicy(Location?.file ?? '', sources)
    if (operation === undefined || path === undefined || Location === null) continue
    explained.push({ path, line: Location.row, depth, operation, text: (sources[path]?.split('\n')[Location.row - 1] ?? '').trim() })
    if (explained.length === mostSteps) break
  }
  return explained
}
