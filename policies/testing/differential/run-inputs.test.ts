import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { CompiledPolicy } from '../../../gateway/decisions/compiled-policy.ts'
import { arbitraryInput } from '../../../gateway/decisions/testing/arbitrary-input.ts'
import { loadShippedPolicy } from '../../../gateway/policies-admin/load-shipped-policy.ts'
import { policiesDir } from '../../project-opa.ts'
import { brokenInput } from '../../../gateway/decisions/testing/broken-input.ts'
import { runInputs } from './run-inputs.ts'

let shipped: CompiledPolicy
beforeAll(async () => {
  shipped = await loadShippedPolicy(policiesDir)
})

/** More of them are in `run-inputs.long.test.ts`. */
const sample = <Input>(inputs: fc.Arbitrary<Input>): Input[] => fc.sample(inputs, { numRuns: 400, seed: 20_261_127 })

describe('the shipped policy', () => {
  it('decides generated inputs in Wasm as opa eval does, those that the schema would refuse too', async () => {
    const valid = await runInputs(shipped, sample(arbitraryInput))
    expect(valid.differences).toEqual([])
    expect(valid).toMatchObject({ inputs: 400, undefined: 0 })
    expect(valid.allowed).toBeGreaterThan(5)
    const broken = await runInputs(shipped, sample(brokenInput))
    expect(broken.differences).toEqual([])
    expect(broken.undefined).toBeGreaterThan(0)
  }, 60_000)

  it('would not pass by this if its Wasm decided by other data', async () => {
    const other = { ...shipped, data: { ...shipped.data, undertaking: { version: 'another' } } }
    expect((await runInputs(other, sample(arbitraryInput))).differences.length).toBeGreaterThan(0)
  }, 60_000)
})
