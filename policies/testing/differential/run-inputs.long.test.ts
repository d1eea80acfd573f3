import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { CompiledPolicy } from '../../../gateway/decisions/compiled-policy.ts'
import { arbitraryInput } from '../../../gateway/decisions/testing/arbitrary-input.ts'
import { loadShippedPolicy } from '../../../gateway/policies-admin/load-shipped-policy.ts'
import { policiesDir } from '../../project-opa.ts'
import { brokenInput } from '../../../gateway/decisions/testing/broken-input.ts'
import { arbitraryData } from '../data/arbitrary-data.ts'
import { runInputs } from './run-inputs.ts'

let shipped: CompiledPolicy
beforeAll(async () => {
  shipped = await loadShippedPolicy(policiesDir)
})

/** 100,000 together: pieces, so that each stays within its time and its memory. */
const pieces = Array.from({ length: 10 }, (_, index) => ({ seed: 1_000 + index }))

describe('the shipped policy', () => {
  it.each(pieces)('decides 10,000 generated inputs in Wasm as opa eval does: seed $seed', async ({ seed }) => {
    const [data] = fc.sample(arbitraryData, { numRuns: 1, seed })
    const changed = { ...shipped, data: { ...shipped.data, ...data } }
    const found = [
      await runInputs(shipped, fc.sample(arbitraryInput, { numRuns: 4_000, seed })),
      await runInputs(changed, fc.sample(arbitraryInput, { numRuns: 2_000, seed: -seed })),
      await runInputs(shipped, fc.sample(brokenInput, { numRuns: 4_000, seed })),
    ]
    const of = (what: 'allowed' | 'undefined'): number => found.reduce((sum, one) => sum + one[what], 0)
    process.stdout.write(`10,000 inputs: ${of('allowed')} are allowed, ${of('undefined')} have no answer\n`)
    expect(found.flatMap(({ differences }) => differences)).toEqual([])
    expect(found.map(({ inputs }) => inputs)).toEqual([4_000, 2_000, 4_000])
    expect(found[0]?.allowed).toBeGreaterThan(100)
  })
})
