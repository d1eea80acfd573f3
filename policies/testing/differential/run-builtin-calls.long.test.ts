import { describe, expect, it } from 'vitest'
import { runBuiltinCalls } from './run-builtin-calls.ts'

describe('the built-in functions that policies may use', () => {
  it.each(Array.from({ length: 5 }, (_, index) => ({ seed: 2_000 + index })))(
    'give in Wasm what opa eval gives, for 1,000 generated calls of each: seed $seed',
    async ({ seed }) => {
      const found = await runBuiltinCalls({ count: 1_000, seed })
      const defined = found.reduce((sum, one) => sum + one.defined, 0)
      process.stdout.write(`${found.length} built-in functions called 1,000 times each; ${defined} of the calls have a value\n`)
      expect(found.flatMap(({ differences }) => differences)).toEqual([])
      expect(found.every(({ calls }) => calls === 1_000)).toBe(true)
    },
  )
})
