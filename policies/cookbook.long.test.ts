import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decisionInputSchema } from '../gateway/decisions/decision-input.ts'
import type { DecisionResult } from '../gateway/decisions/decision-result.ts'
import { createPolicyInstance } from '../gateway/decisions/policy-instance.ts'
import type { PolicyInstance } from '../gateway/decisions/policy-instance.ts'
import { compileWasm } from '../gateway/decisions/wasm-module.ts'
import type { CompiledPolicy } from '../gateway/decisions/compiled-policy.ts'
import { systemClock } from '../gateway/basics/clock.ts'
import { analysePolicy } from '../gateway/policies-admin/analysis/analyse-policy.ts'
import { createOutlines } from '../gateway/policies-admin/analysis/outline-modules.ts'
import { checkPolicy } from '../gateway/policies-admin/check-policy.ts'
import { compilePolicy } from '../gateway/policies-admin/compile-policy.ts'
import { loadShippedPolicy } from '../gateway/policies-admin/load-shipped-policy.ts'
import { policyFiles } from '../gateway/policies-admin/policy-files.ts'
import { runOpa } from '../gateway/policies-admin/run-opa.ts'
import { policiesDir, projectOpa } from './project-opa.ts'

interface Try {
  readonly what: string
  readonly input: 'view' | 'request' | 'use'
  readonly change: object
  readonly before: readonly string[]
  readonly after: readonly string[]
  readonly until?: number
  readonly limits?: object
}

const opa = projectOpa()
const examples = join(policiesDir, 'examples')
const recipes = readdirSync(examples).filter((name) => name !== 'inputs')
const work = mkdtempSync(join(tmpdir(), 'cookbook-test-'))
afterAll(() => rmSync(work, { recursive: true, force: true }))

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))

/** The shipped policy with a recipe over it, as the README of the cookbook says. */
function composed(recipe: string): string {
  const dir = join(work, recipe)
  for (const folder of ['access', 'rules', 'data']) {
    cpSync(join(policiesDir, folder), join(dir, folder), { recursive: true })
    if (existsSync(join(examples, recipe, folder))) cpSync(join(examples, recipe, folder), join(dir, folder), { recursive: true })
  }
  return dir
}

const instanceOf = async ({ wasm, data }: CompiledPolicy): Promise<PolicyInstance> =>
  createPolicyInstance({ module: await compileWasm(wasm), data, maxMemoryPages: 512 })

async function evaluate(instance: PolicyInstance, input: unknown): Promise<DecisionResult> {
  const evaluation = await instance.evaluate(new TextEncoder().encode(JSON.stringify(input)).buffer)
  if (!evaluation.ok) throw new Error(evaluation.problem)
  return evaluation.result
}

/** Objects member by member; anything else takes the place of what was there. */
function merged(base: unknown, change: unknown): unknown {
  const isObject = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
  if (!isObject(base) || !isObject(change)) return change
  return { ...base, ...Object.fromEntries(Object.entries(change).map(([name, value]) => [name, merged(base[name], value)])) }
}

const codesOf = (result: DecisionResult): string[] => [...new Set(result.denials.map(({ code }) => code))]

let shipped: PolicyInstance
beforeAll(async () => {
  shipped = await instanceOf(await loadShippedPolicy(policiesDir))
})

it('has fifteen recipes, each in the list', () => {
  expect(recipes).toHaveLength(15)
  const page = readFileSync(join(policiesDir, '../docs/cookbook.md'), 'utf8')
  expect(recipes.filter((name) => !page.includes(`(../policies/examples/${name}/README.md)`))).toEqual([])
})

describe.each(recipes)('the recipe %s', (recipe) => {
  let dir: string
  let policy: CompiledPolicy
  beforeAll(async () => {
    dir = composed(recipe)
    policy = await compilePolicy({ dir, opa, contractDir: policiesDir })
  }, 60_000)

  it('passes the compiler over the shipped policy, with the tests of both green', async () => {
    const check = await checkPolicy({ dir, opa, contractDir: policiesDir })
    expect(check.steps.filter((step) => !step.ok)).toEqual([])
  }, 60_000)

  it('has nothing that the workbench would say of it', async () => {
    const files = policyFiles(dir)
    const paths = [...files.sources, ...files.tests, ...files.data]
    const sources = Object.fromEntries(paths.map((path) => [path, readFileSync(join(dir, path), 'utf8')]))
    const compiler = { opa, contractDir: policiesDir, timeLimitMs: 60_000 }
    const parts = new Set(['check', 'lint'] as const)
    const { findings } = await analysePolicy({ compiler, outlines: createOutlines(compiler), clock: systemClock, sources, parts })
    expect(findings).toEqual([])
  }, 60_000)

  it('is covered by its own tests, every rule of it, and formatted', async () => {
    const files = policyFiles(dir)
    const args = ['test', '--coverage', ...files.sources, ...files.tests, ...files.data]
    const outcome = await runOpa({ opa, args, cwd: dir, timeLimitMs: 30_000 })
    const report = JSON.parse(outcome.stdout) as { files: Record<string, { not_covered?: unknown[] }> }
    expect(files.sources.filter((source) => (report.files[source]?.not_covered ?? []).length > 0)).toEqual([])
    const format = await runOpa({ opa, args: ['fmt', '--list', join(examples, recipe)], cwd: dir, timeLimitMs: 30_000 })
    expect(format.stdout).toBe('')
  }, 60_000)

  it('has a text for every code that it denies with', () => {
    const rego = policyFiles(dir)
      .sources.map((path) => readFileSync(join(dir, path), 'utf8'))
      .join('\n')
    const codes = [...rego.matchAll(/"code":\s*"([a-z_]+)"/g)].map(([, code = '']) => code)
    expect(codes.filter((code) => !Object.hasOwn(policy.reasons.denials, code))).toEqual([])
  })

  const tries = readJson(join(examples, recipe, 'tries.json')) as readonly Try[]
  it('shows what it changes', () => {
    expect(tries.filter(({ before, after, limits }) => before.join() !== after.join() || limits !== undefined)).not.toEqual([])
  })

  it.each(tries.map((one) => [one.what, one] as const))('decides in the engine as it says: %s', async (_what, one) => {
    const input = merged(readJson(join(examples, 'inputs', `${one.input}.json`)), one.change)
    expect(decisionInputSchema.safeParse(input).error).toBeUndefined()
    expect(codesOf(await evaluate(shipped, input)), 'before').toEqual(one.before)
    const after = await evaluate(await instanceOf(policy), input)
    expect(codesOf(after), 'after').toEqual(one.after)
    expect(after.allow).toBe(one.after.length === 0)
    if (one.until !== undefined) expect(after.denials[0]?.until).toBe(one.until)
    if (one.limits !== undefined) expect(after.limits).toMatchObject(one.limits)
  })
})
