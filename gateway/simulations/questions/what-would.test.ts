import { expect, it } from 'vitest'
import type { ServiceName } from '../../basics/ids.ts'
import type { DecisionInput } from '../../decisions/decision-input.ts'
import { policyErrorResult } from '../../decisions/policy-error.ts'
import { exampleDevice, examplePerson } from '../../storage/testing/example-records.ts'
import type { AskedPolicy } from './asked-policy.ts'
import { whatWould } from './what-would.ts'

const hmi = 'hmi' as ServiceName
const many = Array.from({ length: 30 }, (_, index) => `p-${String(index).padStart(2, '0')}`)
const limits = { max_duration_s: 60, services: [hmi], transfer: false, record: false, on_unexplained: 'mark', request_rules: [] } as const

/** A policy of the test: `missing` says what stands against an input. */
function policyOf(missing: (input: DecisionInput) => readonly string[]): AskedPolicy {
  const decide: AskedPolicy['decide'] = async (input) => {
    const denials = missing(input).map((message) => ({ code: 'no_permission', message }))
    return {
      allow: denials.length === 0,
      denials,
      missing: [],
      limits: { ...limits, services: [hmi], request_rules: [] },
      valid_until: input.time.unix,
    }
  }
  return { revision: 'sha256:test', decide, decideWritten: (_, input) => decide(input), explain: async () => null }
}

const person = examplePerson('Mia', { permissions: [] })
const asker = { person, organisationName: '', authentication: { methods: ['pwd'], time: 0 }, address: null }
const encounter = { asker, device: exampleDevice('press'), deviceOrganisationName: '', nowS: 1_795_500_000, durationS: 60, approved: true }
const ask = (policy: AskedPolicy, permissions: readonly string[] = many) =>
  whatWould(policy, { encounter, service: hmi, upTo: 'open', changeable: { permissions, undertaking: null, methods: ['pwd'] } })

it('gives alternatives their own ways, and none that holds another one', async () => {
  const answer = await ask(
    policyOf(({ technician: { permissions } }) =>
      permissions.includes('p-03') || permissions.includes('p-07') ? [] : ['p-03', 'p-07'].filter((name) => !permissions.includes(name)),
    ),
    ['p-03', 'p-05', 'p-07'],
  )
  expect(answer.ways.map((way) => way.map((change) => 'value' in change && change.value))).toEqual([['p-03'], ['p-07']])
  expect(answer.complete).toBe(true)
})

it('ends at its bound with what it knows, and says so', async () => {
  const needed = many.slice(0, 20)
  const answer = await ask(policyOf(({ technician: { permissions } }) => needed.filter((name) => !permissions.includes(name))))
  expect(answer.complete).toBe(false)
  expect(answer.tried).toBeGreaterThanOrEqual(3_000)
  expect(answer.tried).toBeLessThan(4_000)
  // All of them at once, then one less as long as it still lets her in.
  expect(answer.ways.map((way) => way.map((change) => 'value' in change && change.value))).toEqual([needed])
})

it('takes a policy that ends in errors for one that lets nobody in', async () => {
  const broken: AskedPolicy = { ...policyOf(() => []), decide: async (input) => policyErrorResult('threw', input.time.unix) }
  expect(await ask(broken)).toMatchObject({ allowed: false, ways: [], complete: false })
})
