import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadShippedPolicy } from '../policies-admin/load-shipped-policy.ts'
import { decisionInputSchema } from './decision-input.ts'
import type { DecisionInput } from './decision-input.ts'
import type { DecisionResult } from './decision-result.ts'
import { exampleDecisionInput, exampleUnix } from './example-decision-input.ts'
import { createPolicyInstance } from './policy-instance.ts'
import type { PolicyInstance } from './policy-instance.ts'
import { arbitraryInput } from './testing/arbitrary-input.ts'
import { compileWasm } from './wasm-module.ts'
import { withinLimits } from './within-limits.ts'

let instance: PolicyInstance
beforeAll(async () => {
  const policy = await loadShippedPolicy(fileURLToPath(new URL('../../policies', import.meta.url)))
  instance = await createPolicyInstance({ module: await compileWasm(policy.wasm), data: policy.data, maxMemoryPages: 512 })
})

async function evaluate(input: DecisionInput): Promise<DecisionResult> {
  const evaluation = await instance.evaluate(new TextEncoder().encode(JSON.stringify(input)).buffer)
  if (!evaluation.ok) throw new Error(evaluation.problem)
  return evaluation.result
}

const base = exampleDecisionInput()

describe('the shipped policy in Wasm', () => {
  it('allows the example and says until when', async () => {
    expect(await evaluate(base)).toMatchObject({ allow: true, denials: [], valid_until: exampleUnix + 3300 })
  })

  it('keeps every reason however long the facts are that it names', async () => {
    const longest = { region: 'r'.repeat(256), product_line: 'p'.repeat(256), status: 'suspended', switches: {} } as const
    const { denials } = await evaluate({
      ...base,
      technician: { ...base.technician, regions: [], permissions: [], trainings: [], status: 'disabled' },
      device: { ...base.device, ...longest },
      service: { name: 's'.repeat(256), kind: 'ssh' },
    })
    const facts = decisionInputSchema.shape.device.shape
    expect([facts.region, facts.product_line].map((fact) => fact.safeParse('x'.repeat(257)).success)).toEqual([false, false])
    expect(new Set(denials.map(({ code }) => code))).toEqual(
      new Set([
        'account_disabled',
        'device_suspended',
        'no_permission',
        'no_training',
        'outside_region',
        'service_not_approved',
        'switch_off',
      ]),
    )
  })

  it('denies with a reason or allows without one, and never opens without a valid approval', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryInput, async (input) => {
        const result = await evaluate(input)
        const { allow, denials, limits } = result
        // The rules themselves keep to the limits.
        expect(withinLimits(result, input)).toEqual(result)
        expect(allow).toBe(denials.length === 0)
        if (!allow || !['open', 'use', 'extend', 'transfer'].includes(input.action)) return
        expect(input.approval).not.toBeNull()
        expect(input.approval?.expires_at).toBeGreaterThan(input.time.unix)
        expect(input.device.status).toBe('active')
        if (input.service !== null) expect(input.approval?.services).toContain(input.service.name)
        for (const service of limits.services) expect(input.approval?.services).toContain(service)
      }),
      { numRuns: 1500 },
    )
  }, 60_000)
})
