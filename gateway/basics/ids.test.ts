import { describe, expect, it } from 'vitest'
import { newDecisionId, newDecisionIds } from './ids.ts'
import { systemRandom } from './random.ts'

describe('the id of a decision', () => {
  it('sorts behind those of every earlier millisecond, and no two of one are the same', () => {
    const moments = [0, 1, 4_095, 4_096, 1_790_000_000_000, 1_790_000_000_001]
    const ids = moments.map((nowMs) => newDecisionId(systemRandom, nowMs))
    expect(ids.toSorted()).toEqual(ids)
    const together = newDecisionIds(systemRandom, 1_790_000_000_000, 1_000)
    expect(new Set(together).size).toBe(1_000)
    for (const id of [...ids, ...together, newDecisionId(systemRandom, -5)]) expect(id).toMatch(/^dec_[0-9a-f]{32}$/)
  })
})
