import { describe, expect, it } from 'vitest'
import { policyBuiltins } from '../../../gateway/policies-admin/policy-builtins.ts'
import { runBuiltinCalls } from './run-builtin-calls.ts'

describe('the built-in functions that policies may use', () => {
  it('give in Wasm what opa eval gives, whatever they are asked with', async () => {
    const found = await runBuiltinCalls({ count: 40, seed: 20_261_127 })
    expect(found.flatMap(({ differences }) => differences)).toEqual([])
    expect(found.filter(({ calls, defined }) => calls !== 40 || defined < 10)).toEqual([])
    // What binds a variable is no function of values: `builtin-cases.ts` has them.
    const asked = new Set(found.map(({ builtin }) => builtin))
    expect(policyBuiltins.filter((name) => !asked.has(name))).toEqual(['assign', 'eq'])
  }, 60_000)
})
