import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadPolicy } from '@open-policy-agent/opa-wasm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clockBuiltin } from '../gateway/decisions/clock-builtin.ts'
import { policyBuiltins } from '../gateway/policies-admin/policy-builtins.ts'
import { readBundle } from '../gateway/policies-admin/read-bundle.ts'
import { runOpa } from '../gateway/policies-admin/run-opa.ts'
import { builtinCases, builtinInput } from './builtin-cases.ts'
import { canonicalAnswer } from './testing/differential/canonical-answer.ts'
import { policiesDir, projectOpa } from './project-opa.ts'

const cases = policyBuiltins.flatMap((builtin) => builtinCases[builtin].map((expression) => ({ builtin, expression })))
const work = mkdtempSync(join(tmpdir(), 'builtins-test-'))
let evaluated: unknown[] = []
let inWasm: (index: number) => unknown

beforeAll(async () => {
  // Sets have no order in JSON; `x` tells whether it is one.
  const rules = cases.map(
    ({ expression }, index) => `all[${index}] := wrap(${expression})\n\none := wrap(${expression}) if input.case == ${index}\n`,
  )
  writeFileSync(join(work, 'cases.rego'), `package cases\n\nwrap(v) := {"set": is_set(v), "v": v}\n\n${rules.join('\n')}`)
  writeFileSync(join(work, 'input.json'), JSON.stringify(builtinInput))
  const opa = projectOpa()
  const capabilities = join(policiesDir, 'capabilities.json')
  const run = async (args: string[]): Promise<string> => {
    const outcome = await runOpa({ opa, args, cwd: work, timeLimitMs: 60_000 })
    if (outcome.exitCode !== 0) throw new Error(`${outcome.stdout}${outcome.stderr}`.slice(0, 2000))
    return outcome.stdout
  }
  const [text] = await Promise.all([
    run([
      'eval',
      '--capabilities',
      capabilities,
      '-d',
      'cases.rego',
      '-i',
      'input.json',
      '--format',
      'json',
      '[{"i": i, "r": r} | some i, r in data.cases.all]',
    ]),
    run(['build', '-t', 'wasm', '-e', 'cases/one', '--capabilities', capabilities, '-o', 'b.tgz', 'cases.rego']),
  ])
  const answer = JSON.parse(text) as { result: [{ expressions: [{ value: { i: number; r: unknown }[] }] }] }
  evaluated = []
  for (const { i, r } of answer.result[0].expressions[0].value) evaluated[i] = r
  const wasm = readBundle(readFileSync(join(work, 'b.tgz'))).get('policy.wasm') ?? new Uint8Array()
  const policy = await loadPolicy(wasm, { initial: 16, maximum: 512 }, clockBuiltin)
  inWasm = (index) => (policy.evaluate({ ...builtinInput, case: index }, 'cases/one') as { result: unknown }[])[0]?.result
}, 120_000)
afterAll(() => rmSync(work, { recursive: true, force: true }))

describe('a built-in function that policies may use', () => {
  it.each(policyBuiltins.map((builtin) => ({ builtin })))('gives in Wasm what opa eval gives: $builtin', ({ builtin }) => {
    const own = cases.flatMap((one, index) => (one.builtin === builtin ? [{ expression: one.expression, index }] : []))
    expect(own.length).toBeGreaterThan(0)
    const differences = own.flatMap(({ expression, index }) => {
      const expected = canonicalAnswer(evaluated[index])
      const actual = canonicalAnswer(tried(() => inWasm(index)))
      return expected === actual ? [] : [`${expression}: opa ${expected}, Wasm ${actual}`]
    })
    expect(differences).toEqual([])
    expect(own.some(({ index }) => evaluated[index] !== undefined)).toBe(true)
  })
})

function tried(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    return { threw: typeof error === 'string' ? error : JSON.stringify(error) }
  }
}
