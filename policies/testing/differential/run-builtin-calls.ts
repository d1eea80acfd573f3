import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadPolicy } from '@open-policy-agent/opa-wasm'
import { clockBuiltin } from '../../../gateway/decisions/clock-builtin.ts'
import { readBundle } from '../../../gateway/policies-admin/read-bundle.ts'
import { runOpa } from '../../../gateway/policies-admin/run-opa.ts'
import { policiesDir, projectOpa } from '../../project-opa.ts'
import { canonicalAnswer } from './canonical-answer.ts'
import { builtinArguments, builtinCalls, type Argument } from './builtin-arguments.ts'

export interface BuiltinDifferences {
  readonly builtin: string
  readonly calls: number
  /** Calls that have a value at all: arguments may be such that there is none. */
  readonly defined: number
  readonly differences: readonly string[]
}

/** Of each built-in in one run of `opa eval`: a thousand of each need about as much memory as a run may have. */
const inPieces = 250

const names = Object.keys(builtinArguments) as (keyof typeof builtinArguments)[]

/** Each listed built-in with generated arguments: in Wasm as the gateway runs it, and by `opa eval`. */
export async function runBuiltinCalls({ count, seed }: { readonly count: number; readonly seed: number }): Promise<BuiltinDifferences[]> {
  const calls = names.map((name) => builtinCalls(name, count, seed))
  const work = await mkdtemp(join(tmpdir(), 'sallyport-builtins-'))
  const opa = async (args: readonly string[]): Promise<string> => {
    const capabilities = ['--capabilities', join(policiesDir, 'capabilities.json')]
    const [command = '', ...rest] = args
    const outcome = await runOpa({ opa: projectOpa(), args: [command, ...capabilities, ...rest], cwd: work, timeLimitMs: 300_000 })
    if (outcome.exitCode === 0) return outcome.stdout
    throw new Error(`opa ${command}, ended by ${outcome.stopped ?? 'itself'}: ${outcome.stderr}${outcome.stdout}`.slice(0, 2_000))
  }
  try {
    await writeFile(join(work, 'calls.rego'), moduleOf())
    await opa(['build', '-t', 'wasm', ...names.flatMap((_, index) => ['-e', `calls/one_${index}`]), '-o', 'b.tgz', 'calls.rego'])
    const wasm = readBundle(await readFile(join(work, 'b.tgz'))).get('policy.wasm') ?? new Uint8Array()
    const policy = await loadPolicy(wasm, { initial: 16, maximum: 512 }, clockBuiltin)
    const evaluated: unknown[][][] = names.map(() => [])
    for (let from = 0; from < count; from += inPieces) {
      const asked = calls.map((each) => each.slice(from, from + inPieces))
      await writeFile(join(work, 'asked.json'), JSON.stringify({ asked }))
      const text = await opa(['eval', '-d', 'calls.rego', '-d', 'asked.json', '--format', 'raw', 'data.calls.all'])
      for (const [index, answers] of (JSON.parse(text) as unknown[][][]).entries()) evaluated[index]?.push(...answers)
    }
    return names.map((builtin, index) => {
      const asked = calls[index] ?? []
      const expected = (evaluated[index] ?? []).map(([answer]) => canonicalAnswer(answer))
      const actual = asked.map((args) => canonicalAnswer(inWasm(() => policy.evaluate({ args }, `calls/one_${index}`))))
      const differing = asked.flatMap((args, at) =>
        expected[at] === actual[at] ? [] : [`${builtin}(${written(args)}): opa ${expected[at]}, Wasm ${actual[at]}`],
      )
      const defined = expected.filter((answer) => answer !== 'undefined').length
      return { builtin, calls: asked.length, defined, differences: differing }
    })
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** Nothing is constant in it, so that the compiler cannot answer by itself. */
function moduleOf(): string {
  const rules = names.map((name, index) => {
    const args = builtinArguments[name].map((_, at) => `typed(c[${at}])`).join(', ')
    // The order in which `walk` meets the members of an object is not defined anywhere.
    const call = name === 'walk' ? `{found | walk(${args}, found)}` : `${name}(${args})`
    return [
      `call_${index}(c) := wrap(${call})`,
      `one_${index} := call_${index}(input.args)`,
      `all_${index} := [answers | some c in data.asked[${index}]; answers := [answer | answer := call_${index}(c)]]`,
    ].join('\n')
  })
  return `package calls

wrap(v) := {"set": is_set(v), "v": v}

typed(a) := a.value if a.as == "value"

typed(a) := {v | some v in a.value} if a.as == "set"

typed(a) := {s | some vs in a.value; s := {v | some v in vs}} if a.as == "set_of_sets"

${rules.join('\n\n')}

all := [${names.map((_, index) => `all_${index}`).join(', ')}]
`
}

function inWasm(evaluate: () => unknown): unknown {
  try {
    return (evaluate() as { readonly result: unknown }[])[0]?.result
  } catch (error) {
    return { threw: typeof error === 'string' ? error : JSON.stringify(error) }
  }
}

const written = (args: readonly Argument[]): string =>
  args.map(({ as, value }) => `${as === 'value' ? '' : `${as} `}${JSON.stringify(value)}`).join(', ')
