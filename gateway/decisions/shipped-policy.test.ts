import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadShippedPolicy } from '../policies-admin/load-shipped-policy.ts'
import { accessActions } from './decision-input.ts'
import type { DecisionInput } from './decision-input.ts'
import type { DecisionResult } from './decision-result.ts'
import { exampleDecisionInput, exampleUnix } from './example-decision-input.ts'
import { createPolicyInstance } from './policy-instance.ts'
import type { PolicyInstance } from './policy-instance.ts'
import { siteTime } from './site-time.ts'
import { compileWasm } from './wasm-module.ts'

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

const near = fc.integer({ min: exampleUnix - 20_000, max: exampleUnix + 20_000 })
const base = exampleDecisionInput()
const arbitraryInput: fc.Arbitrary<DecisionInput> = fc.record({
  action: fc.constantFrom(...accessActions),
  time: near.map((unix) => siteTime(unix, 'Europe/Berlin')),
  technician: fc.record({
    id: fc.constant('per_1'),
    name: fc.string(),
    organisation: fc.constant('org_1'),
    regions: fc.subarray(['dach', 'benelux']),
    permissions: fc.oneof(
      { weight: 3, arbitrary: fc.constant(['remote_access', 'service_http', 'service_ssh', 'file_transfer', 'export']) },
      { weight: 1, arbitrary: fc.subarray(['remote_access', 'service_http', 'service_ssh', 'file_transfer', 'watch_recording', 'export']) },
    ),
    trainings: fc.array(
      fc.record({ product_line: fc.constantFrom('press', 'press', 'platesetter'), level: fc.nat(3), valid_until: near }),
      { maxLength: 4 },
    ),
    undertaking: fc.constantFrom(
      { version: '2026-11', accepted_at: 1 },
      { version: '2026-11', accepted_at: 2 },
      { version: 'old', accepted_at: 1 },
      null,
    ),
    authentication: fc.constant({ methods: ['pwd'], time: 1 }),
    workstation: fc.constant(null),
    status: fc.constantFrom('active', 'active', 'active', 'disabled'),
  }),
  device: fc.record({
    id: fc.constant('press-01'),
    organisation: fc.constant('org_2'),
    site: fc.string(),
    region: fc.constantFrom('dach', 'dach', 'benelux'),
    country: fc.constant('DE'),
    product_line: fc.constant('press'),
    model: fc.string(),
    switches: fc.record({ hmi: fc.boolean(), shell: fc.boolean() }, { requiredKeys: [] }),
    contract: fc.oneof(fc.constant(null), fc.record({ id: fc.constant('c'), valid_until: fc.option(near) })),
    status: fc.constantFrom('active', 'active', 'active', 'suspended', 'revoked', 'pending'),
  }),
  service: fc.constantFrom({ name: 'hmi', kind: 'http' }, { name: 'shell', kind: 'ssh' }, null),
  approval: fc.oneof(
    { weight: 1, arbitrary: fc.constant(null) },
    {
      weight: 4,
      arbitrary: fc.record({
        operator: fc.string(),
        mode: fc.constantFrom('attended', 'unattended'),
        proof: fc.constant('none'),
        granted_at: near,
        expires_at: near,
        services: fc.subarray(['hmi', 'shell']),
      }),
    },
  ),
  session: fc.oneof(
    { weight: 1, arbitrary: fc.constant(null) },
    {
      weight: 4,
      arbitrary: fc.record({
        id: fc.constant('ses_1'),
        requested_at: near,
        opened_at: fc.option(near),
        extensions: fc.nat(4),
        purpose: fc.string(),
        ticket: fc.constant(null),
        duration_s: fc.nat(20_000),
      }),
    },
  ),
  context: fc.constant({ ip: null }),
}) as fc.Arbitrary<DecisionInput>

describe('the shipped policy in Wasm', () => {
  it('allows the example and says until when', async () => {
    expect(await evaluate(base)).toMatchObject({ allow: true, denials: [], valid_until: exampleUnix + 3300 })
  })

  it('never changes its answer before its valid_until', async () => {
    let allowed = 0
    let limited = 0
    await fc.assert(
      fc.asyncProperty(arbitraryInput, fc.double({ min: 0, max: 1, noNaN: true }), async (input, fraction) => {
        const first = await evaluate(input)
        const now = input.time.unix
        const last = Math.min(first.valid_until, now + 100_000) - 1
        expect(first.valid_until).toBeGreaterThan(now)
        allowed += first.allow ? 1 : 0
        limited += last < now + 99_999 ? 1 : 0
        for (const unix of [now + Math.floor((last - now) * fraction), last]) {
          const later = await evaluate({ ...input, time: siteTime(unix, 'Europe/Berlin') })
          expect({ ...later, valid_until: 0 }).toEqual({ ...first, valid_until: 0 })
        }
      }),
      { numRuns: 1500 },
    )
    // The property says nothing where nothing is allowed or nothing depends on time.
    expect(allowed).toBeGreaterThan(50)
    expect(limited).toBeGreaterThan(500)
  }, 60_000)

  it('denies with a reason or allows without one, and never opens without a valid approval', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryInput, async (input) => {
        const { allow, denials, limits } = await evaluate(input)
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
