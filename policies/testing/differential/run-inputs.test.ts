import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { CompiledPolicy } from '../../../gateway/decisions/compiled-policy.ts'
import { arbitraryInput } from '../../../gateway/decisions/testing/arbitrary-input.ts'
import { loadShippedPolicy } from '../../../gateway/policies-admin/load-shipped-policy.ts'
import { policiesDir } from '../../project-opa.ts'
import { brokenInput } from '../../../gateway/decisions/testing/broken-input.ts'
import { boundingData } from '../../../gateway/decisions/testing/bounding-data.ts'
import { arbitraryData } from '../data/arbitrary-data.ts'
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

  it('decides by any other data as opa eval does', async () => {
    for (const data of fc.sample(arbitraryData, { numRuns: 1, seed: 20_261_127 })) {
      const found = await runInputs({ ...shipped, data: { ...shipped.data, ...data } }, sample(arbitraryInput))
      expect(found.differences, JSON.stringify(data)).toEqual([])
    }
    const bounded = await runInputs({ ...shipped, data: { ...shipped.data, ...boundingData } }, sample(arbitraryInput))
    expect(bounded.differences).toEqual([])
    expect(bounded.allowed).toBeGreaterThan(0)
  }, 60_000)

  it('would not pass by this if its Wasm decided by other data', async () => {
    const other = { ...shipped, data: { ...shipped.data, undertaking: { version: 'another' } } }
    expect((await runInputs(other, sample(arbitraryInput), shipped.data)).differences.length).toBeGreaterThan(0)
  }, 60_000)
})
