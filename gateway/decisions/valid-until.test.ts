import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { compilePolicy } from '../policies-admin/compile-policy.ts'
import { findOpa } from '../policies-admin/find-opa.ts'
import { loadShippedPolicy } from '../policies-admin/load-shipped-policy.ts'
import type { CompiledPolicy } from './compiled-policy.ts'
import type { DecisionInput } from './decision-input.ts'
import type { DecisionResult } from './decision-result.ts'
import { policyErrorResult } from './policy-error.ts'
import { createPolicyInstance } from './policy-instance.ts'
import { siteTime } from './site-time.ts'
import { arbitraryInput } from './testing/arbitrary-input.ts'
import { boundingData } from './testing/bounding-data.ts'
import { compileWasm } from './wasm-module.ts'

const projectDir = fileURLToPath(new URL('../..', import.meta.url))
const policiesDir = join(projectDir, 'policies')
const work = mkdtempSync(join(tmpdir(), 'valid-until-test-'))
afterAll(() => rmSync(work, { recursive: true, force: true }))

interface Seen {
  allowed: number
  limited: number
}

/** Whether, between now and its `valid_until`, time alone leaves every answer as it is. Stops at the first one that changes. */
async function holds(policy: CompiledPolicy, numRuns: number): Promise<Seen & { readonly counterexample: unknown }> {
  const instance = await createPolicyInstance({
    module: await compileWasm(policy.wasm),
    data: { ...policy.data, ...boundingData },
    maxMemoryPages: 512,
  })
  const problems: string[] = []
  const evaluate = async (input: DecisionInput): Promise<DecisionResult> => {
    const evaluation = await instance.evaluate(new TextEncoder().encode(JSON.stringify(input)).buffer)
    if (!evaluation.ok) problems.push(evaluation.problem)
    return evaluation.ok ? evaluation.result : policyErrorResult(evaluation.problem, input.time.unix + 1)
  }
  const seen: Seen = { allowed: 0, limited: 0 }
  const property = fc.asyncProperty(arbitraryInput, fc.double({ min: 0, max: 1, noNaN: true }), async (input, fraction) => {
    const first = await evaluate(input)
    const now = input.time.unix
    const last = Math.min(first.valid_until, now + 100_000) - 1
    if (last < now) return false
    seen.allowed += first.allow ? 1 : 0
    seen.limited += last < now + 99_999 ? 1 : 0
    for (const unix of [now + Math.floor((last - now) * fraction), last]) {
      const later = await evaluate({ ...input, time: siteTime(unix, 'Europe/Berlin') })
      if (JSON.stringify({ ...later, valid_until: 0 }) !== JSON.stringify({ ...first, valid_until: 0 })) return false
    }
    return true
  })
  const outcome = await fc.check(property, { numRuns, endOnFailure: true })
  expect(problems).toEqual([])
  return { ...seen, counterexample: outcome.counterexample }
}

const clockRules = readdirSync(join(policiesDir, 'rules'))
  .filter((name) => !name.endsWith('_test.rego'))
  .map((name) => ({ name, rego: readFileSync(join(policiesDir, 'rules', name), 'utf8') }))
const instants = clockRules.flatMap(({ name, rego }) => [...rego.matchAll(/^changes_at contains .*$/gm)].map(([line]) => ({ name, line })))

describe('valid_until', () => {
  it('is never later than the moment at which time changes the answer', async () => {
    const { allowed, limited, counterexample } = await holds(await loadShippedPolicy(policiesDir), 1_500)
    expect(counterexample).toBeNull()
    // The property says nothing where nothing is allowed or nothing depends on time.
    expect(allowed).toBeGreaterThan(50)
    expect(limited).toBeGreaterThan(500)
  }, 60_000)

  it('is looked after by every rule that looks at the clock', () => {
    expect(clockRules.filter(({ rego }) => rego.includes('input.time')).map(({ name }) => name)).toEqual([
      ...new Set(instants.map(({ name }) => name)),
    ])
    expect(instants.length).toBeGreaterThan(0)
  })

  it.each(instants)(
    'would be found wrong without "$line" in $name',
    async ({ name, line }) => {
      const dir = join(work, `${instants.findIndex((one) => one.line === line && one.name === name)}`)
      for (const part of ['access', 'rules', 'data']) cpSync(join(policiesDir, part), join(dir, part), { recursive: true })
      const path = join(dir, 'rules', name)
      const without = readFileSync(path, 'utf8').replace(line, '')
      // A set that nothing is put into is still a set.
      writeFileSync(path, without.includes('changes_at contains') ? without : `${without}\nchanges_at := set()\n`)
      const forgetful = await compilePolicy({ dir, opa: findOpa({ environment: process.env, projectDir }), contractDir: policiesDir })
      expect((await holds(forgetful, 20_000)).counterexample).not.toBeNull()
    },
    60_000,
  )
})
