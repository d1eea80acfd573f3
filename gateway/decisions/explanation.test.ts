import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadShippedPolicy } from '../policies-admin/load-shipped-policy.ts'
import { exampleDecisionInput } from './example-decision-input.ts'
import { readExplanation } from './explanation.ts'
import { createPolicyInstance } from './policy-instance.ts'
import type { PolicyInstance } from './policy-instance.ts'
import { arbitraryInput } from './testing/arbitrary-input.ts'
import { compileWasm } from './wasm-module.ts'

const written = (input: unknown): ArrayBuffer => new TextEncoder().encode(JSON.stringify(input)).buffer

describe('the rules behind a decision of the shipped policy', () => {
  let instance: PolicyInstance
  beforeAll(async () => {
    const policy = await loadShippedPolicy(fileURLToPath(new URL('../../policies', import.meta.url)))
    instance = await createPolicyInstance({ module: await compileWasm(policy.wasm), data: policy.data, maxMemoryPages: 512 })
  })

  it('are those that the action needs, by name', async () => {
    const seen = await instance.explain(written({ ...exampleDecisionInput(), action: 'view' }))
    expect(seen?.map(({ rule, satisfied }) => [rule, satisfied])).toEqual([
      ['account', true],
      ['permission', true],
      ['region', true],
      ['training', true],
    ])
  })

  it('say the same as the decision: all satisfied where it allows, and every reason is one of theirs', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryInput, async (input) => {
        const decided = await instance.evaluate(written(input))
        const rules = await instance.explain(written(input))
        if (!decided.ok || rules === null) throw new Error('no answer')
        const { allow, denials, missing } = decided.result
        expect(rules.length).toBeGreaterThan(0)
        const said = rules.flatMap((rule) => rule.denials.map(({ code, message }) => `${code} ${message}`))
        if (allow) expect(rules.filter(({ satisfied }) => !satisfied)).toEqual([])
        else expect(rules.some((rule) => !rule.satisfied)).toBe(true)
        const reasons = denials.filter(({ code }) => code !== 'facts_incomplete').map(({ code, message }) => `${code} ${message}`)
        expect([...new Set(said)].toSorted()).toEqual(reasons.toSorted())
        expect([...new Set(rules.flatMap((rule) => rule.missing))].toSorted()).toEqual(missing)
      }),
      { numRuns: 300 },
    )
  })

  it('are none for an action that the policy does not know', async () => {
    expect(await instance.explain(written({ ...exampleDecisionInput(), action: 'dance' }))).toEqual([])
  })

  it('hold for the decision after it, whatever was asked before', async () => {
    const before = await instance.evaluate(written(exampleDecisionInput()))
    await instance.explain(written({}))
    expect(await instance.evaluate(written(exampleDecisionInput()))).toMatchObject({ ok: true, result: before.ok ? before.result : {} })
  })
})

describe('reading an explanation', () => {
  it('takes a rule that has no answer for one that is not satisfied', () => {
    expect(
      readExplanation({ needed: ['region', 'gone'], rules: { region: { satisfied: 'true', denials: [7, { code: 1 }], missing: [{}] } } }),
    ).toEqual([
      { rule: 'gone', satisfied: false, denials: [], missing: [], changesAt: [] },
      { rule: 'region', satisfied: false, denials: [], missing: [], changesAt: [] },
    ])
  })

  it('refuses what is none', () => {
    for (const value of [null, [], 'x', {}, { needed: 'region', rules: {} }, { needed: [1], rules: {} }, { needed: [], rules: [] }])
      expect(readExplanation(value), JSON.stringify(value)).toBeNull()
  })
})
