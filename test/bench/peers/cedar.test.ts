import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { exampleDecisionInput } from '../../../gateway/decisions/example-decision-input.ts'
import { createPolicyInstance } from '../../../gateway/decisions/policy-instance.ts'
import { arbitraryInput } from '../../../gateway/decisions/testing/arbitrary-input.ts'
import { compileWasm } from '../../../gateway/decisions/wasm-module.ts'
import { loadShippedPolicy } from '../../../gateway/policies-admin/load-shipped-policy.ts'
import { startCedar } from './cedar.ts'

it('allows by its policy in Cedar what the shipped policy allows, and nothing else', async () => {
  const { wasm, data } = await loadShippedPolicy(fileURLToPath(new URL('../../../policies', import.meta.url)))
  const instance = await createPolicyInstance({ module: await compileWasm(wasm), data, maxMemoryPages: 512 })
  const cedar = startCedar()
  const example = exampleDecisionInput()
  // One part of an input that is allowed is another one: most of what is arbitrary is denied for several reasons at once.
  const parts = ['time', 'technician', 'device', 'service', 'approval', 'session'] as const
  const other = fc.tuple(arbitraryInput, fc.constantFrom(...parts)).map(([input, part]) => ({ ...example, [part]: input[part] }))
  const inputs = fc.sample(other, { numRuns: 400, seed: 20_261_127 }).filter(({ service }) => service !== null)
  const answers = { allowed: 0, denied: 0 }
  for (const input of [example, ...inputs]) {
    const answer = await instance.evaluate(new TextEncoder().encode(JSON.stringify(input)).buffer)
    const ours = answer.ok && answer.result.allow
    answers[ours ? 'allowed' : 'denied'] += 1
    expect(cedar.allows(cedar.questionOf(input)), JSON.stringify(input)).toBe(ours)
  }
  expect(Math.min(answers.allowed, answers.denied)).toBeGreaterThan(50)
})
