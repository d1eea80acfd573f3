import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadPolicy } from '@open-policy-agent/opa-wasm'
import { clockBuiltin } from '../../../gateway/decisions/clock-builtin.ts'
import { readBundle } from '../../../gateway/policies-admin/read-bundle.ts'
import { runOpa } from '../../../gateway/policies-admin/run-opa.ts'
import { policiesDir } from '../../project-opa.ts'
import type { ComplianceCase } from './compliance-case.ts'
import { canonicalRego, compareRego, parseRegoValue, regoValueOf, withoutSets, type RegoValue } from './rego-value.ts'

/** `passed`; `failed`: another answer; anything else: why this case says nothing about an engine with our built-ins. */
export type CaseOutcome =
  | { readonly note: string; readonly as: 'passed' }
  | { readonly note: string; readonly as: 'failed'; readonly why: string }
  | { readonly note: string; readonly as: 'built_in_not_listed'; readonly builtin: string }
  | { readonly note: string; readonly as: 'not_compiled'; readonly why: string }

export interface CaseRunner {
  readonly opa: string
  /** Names of all built-ins of the compiler. */
  readonly builtins: ReadonlySet<string>
  /** Those that policies may use. */
  readonly listed: ReadonlySet<string>
}

/** Compiles a case as a policy of ours is compiled, evaluates it in the same engine, and judges the answer as OPA judges those of its own. */
export async function runCase(one: ComplianceCase, runner: CaseRunner): Promise<CaseOutcome> {
  const { note } = one
  const work = await mkdtemp(join(tmpdir(), 'sallyport-case-'))
  try {
    const modules = [...(one.modules ?? []), questionOf(one)]
    const names = modules.map((_, index) => `module-${index}.rego`)
    await Promise.all(names.map((name, index) => writeFile(join(work, name), modules[index] ?? '')))
    const capabilities = join(policiesDir, 'capabilities.json')
    const args = ['build', '-t', 'wasm', '-e', 'sallyport_case/answer', '--capabilities', capabilities, '-o', 'b.tgz', ...names]
    const built = await runOpa({ opa: runner.opa, args, cwd: work, timeLimitMs: 60_000 })
    if (built.exitCode !== 0) return notBuilt(one, `${built.stdout}${built.stderr}`, runner)
    const wasm = readBundle(await readFile(join(work, 'b.tgz'))).get('policy.wasm') ?? new Uint8Array()
    return { note, ...judge(one, await evaluate(wasm, one)) }
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** The query as a rule, since a compiled policy answers for rules: the list of its solutions, each an object of its variables. */
function questionOf(one: ComplianceCase): string {
  const names = [...new Set((one.want_result ?? []).flatMap((binding) => Object.keys(binding)))]
  const solution = `{${names.map((name) => `${JSON.stringify(name)}: ${name}`).join(', ')}}`
  const term = one.input_term ?? null
  const question = `package sallyport_case\n\nsolutions := [${solution} | ${one.query.trim()}]\n\n`
  return `${question}answer := ${term === null ? 'solutions' : `all if all := solutions with input as ${term}`}\n`
}

function notBuilt(one: ComplianceCase, words: string, runner: CaseRunner): CaseOutcome {
  const { note } = one
  const refused = [...words.matchAll(/undefined function ([\w.]+)/g)].map((found) => found[1] ?? '')
  const builtin = refused.find((name) => runner.builtins.has(name)) ?? replacedOrHidden(one, words, runner)
  if (builtin !== undefined) return { note, as: 'built_in_not_listed', builtin }
  const code = one.want_error_code ?? null
  if (code !== null && words.includes(code)) return { note, as: 'passed' }
  return { note, as: 'not_compiled', why: words.replaceAll(/\s+/g, ' ').trim() }
}

/** The compiler does not always name a built-in that `with` replaces or puts in another's place, nor the one behind `$"…"`. */
function replacedOrHidden({ modules, query }: ComplianceCase, words: string, { builtins, listed }: CaseRunner): string | undefined {
  if (words.includes('template-strings are not supported')) return 'internal.template_string'
  const text = [...(modules ?? []), query].join('\n')
  const named = [...text.matchAll(/\bwith ((?:\w+\.)*\w+) as ((?:\w+\.)*\w+)/g)].flatMap(([, target = '', replacement = '']) => [
    target,
    replacement,
  ])
  return named.find((name) => builtins.has(name) && !listed.has(name))
}

type Answer = { readonly value: RegoValue } | { readonly threw: string }

interface Exports {
  opa_eval(reserved: 0, entrypoint: 0, data: number, input: number, inputBytes: number, heap: number, format: 1): number
}

async function evaluate(wasm: Uint8Array, one: ComplianceCase): Promise<Answer> {
  const policy = await loadPolicy(wasm, { initial: 16, maximum: 4_096 }, clockBuiltin)
  if (one.data !== undefined && one.data !== null) policy.setData(bytesOf(one.data).buffer)
  const { dataAddr, dataHeapPtr, mem, wasmInstance } = policy as unknown as {
    readonly dataAddr: number
    readonly dataHeapPtr: number
    readonly mem: { readonly buffer: ArrayBuffer; grow(pages: number): void }
    readonly wasmInstance: { readonly exports: Exports }
  }
  const input = one.input === undefined ? new Uint8Array() : bytesOf(one.input)
  if (dataHeapPtr + input.length > mem.buffer.byteLength) mem.grow(Math.ceil(input.length / 65_536) + 1)
  new Uint8Array(mem.buffer).set(input, dataHeapPtr)
  const inputAt = input.length === 0 ? 0 : dataHeapPtr
  try {
    const at = wasmInstance.exports.opa_eval(0, 0, dataAddr, inputAt, input.length, dataHeapPtr + input.length, 1)
    const bytes = new Uint8Array(mem.buffer)
    return { value: parseRegoValue(new TextDecoder().decode(bytes.subarray(at, bytes.indexOf(0, at)))) }
  } catch (error) {
    return { threw: typeof error === 'string' ? error : error instanceof Error ? error.message : JSON.stringify(error) }
  }
}

const raw = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON
const bytesOf = (value: unknown): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(JSON.stringify(value, (_, member: unknown) => (typeof member === 'bigint' ? raw(String(member)) : member)))

const conflicts = ['var assignment conflict', 'object insert conflict']

function judge(one: ComplianceCase, answer: Answer): { as: 'passed' } | { as: 'failed'; why: string } {
  const failed = (why: string): { as: 'failed'; why: string } => ({ as: 'failed', why })
  const wantsError = (one.want_error_code ?? one.want_error ?? null) !== null
  if ('threw' in answer) {
    const asked = wantsError && one.strict_error !== true && one.want_error_code === 'eval_conflict_error'
    return asked && conflicts.some((conflict) => answer.threw.includes(conflict)) ? { as: 'passed' } : failed(`it threw: ${answer.threw}`)
  }
  if (wantsError && one.strict_error !== true) return failed('an error was expected, and it answered')
  const solutions = solutionsIn(answer.value)
  if (one.want_defined !== undefined && one.want_defined !== null)
    return solutions.length > 0 === one.want_defined ? { as: 'passed' } : failed(`it has ${solutions.length} solutions`)
  const expected = wantsError ? [] : (one.want_result ?? [])
  const sorted = one.sort_bindings === true
  const [want, got] = [expected.map(regoValueOf), solutions].map((list) =>
    [...new Set(list.map((each) => binding(each, sorted)))].toSorted(),
  )
  const [wanted, answered] = [JSON.stringify(want), JSON.stringify(got)]
  return wanted === answered ? { as: 'passed' } : failed(`expected ${wanted}, got ${answered}`)
}

/** One text for a solution; where a case does not care for the order of an array, in order. */
function binding(solution: RegoValue, sorted: boolean): string {
  const plain = withoutSets(solution)
  if (!('members' in plain) || !sorted) return canonicalRego(plain)
  const members = plain.members.map(([name, value]): [RegoValue, RegoValue] => [
    name,
    'items' in value ? { kind: 'array', items: value.items.toSorted(compareRego) } : value,
  ])
  return canonicalRego({ kind: 'object', members })
}

function solutionsIn(value: RegoValue): readonly RegoValue[] {
  const [result] = 'items' in value ? value.items : []
  const member = result !== undefined && 'members' in result ? result.members[0]?.[1] : undefined
  return member !== undefined && 'items' in member ? member.items : []
}
