import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decisionInputSchema } from './decision-input.ts'
import { exampleDecisionInput } from './example-decision-input.ts'
import { fitsDecisionInput } from './fits-decision-input.ts'
import { arbitraryInput } from './testing/arbitrary-input.ts'
import { brokenInput } from './testing/broken-input.ts'

const bySchema = (value: unknown): boolean => decisionInputSchema.safeParse(value).success

/** The example with one member, by its path, of another value; `undefined` takes it away. */
function withMember(path: readonly string[], value: unknown): unknown {
  const input = structuredClone(exampleDecisionInput()) as unknown as Record<string, unknown>
  const holder = path.slice(0, -1).reduce((at, name) => at[name] as Record<string, unknown>, input)
  const last = path.at(-1) ?? ''
  if (value === undefined) delete holder[last]
  else holder[last] = value
  return input
}

function pathsIn(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, member]) => [[name], ...pathsIn(member).map((path) => [name, ...path])])
}

describe('the check of the facts by hand', () => {
  it('takes and refuses what the schema takes and refuses', () => {
    fc.assert(
      fc.property(fc.oneof(arbitraryInput, brokenInput), (value) => {
        expect(fitsDecisionInput(value)).toBe(bySchema(value))
      }),
      { numRuns: 3_000 },
    )
  })

  it('does so at every bound of every member', () => {
    const text = (length: number): string => 'x'.repeat(length)
    const list = (length: number): string[] => Array.from({ length }, () => 'x')
    const numbers = [0, -1, 0.5, 1, 19, 23, 24, 59, 60, 100, 101, 1000, 1001, Number.MAX_SAFE_INTEGER, 2 ** 53, Number.NaN]
    const words = ['use', 'export', 'monday', 'disabled', 'pending', 'ssh', 'planned', 'hardware', 'mask_texts', 'nothing']
    const lists = [[], [''], [text(257)], [1], ...[1, 20, 21, 100, 101, 1000, 1001].map(list)]
    const records = [{}, { x: true }, { x: 1 }, { x: 'off' }, { x: 'mask_all' }, { [text(257)]: true }, { name: 'x', kind: 'tcp' }]
    const parts = [
      { id: 'x', valid_until: null },
      { id: 'x', valid_until: 1, more: 1 },
      { managed: true, posture: 'x' },
    ]
    const lengths = [0, 1, 10, 11, 40, 41, 64, 65, 256, 257, 4096, 4097]
    // A sign beyond the first plane is one code point and two code units.
    const texts = [...lengths.map(text), ...lengths.map((length) => '𐀀'.repeat(length)), '\ud800'.repeat(11)]
    const values = [undefined, null, true, ...numbers, ...words, ...texts, ...lists, ...records, ...parts]
    const paths = pathsIn(exampleDecisionInput())
    expect(paths.length).toBeGreaterThan(60)
    const taken = { both: 0, neither: 0 }
    for (const path of [...paths, ['more'], ['device', 'more'], ['technician', 'trainings', '0', 'more']])
      for (const value of values) {
        const input = withMember(path, value)
        const fits = bySchema(input)
        expect(fitsDecisionInput(input), `${path.join('.')}: ${JSON.stringify(value)?.slice(0, 60)}`).toBe(fits)
        taken[fits ? 'both' : 'neither'] += 1
      }
    expect(Math.min(taken.both, taken.neither)).toBeGreaterThan(100)
  })

  it('takes nothing that is inherited, and no list for an object', () => {
    const input = exampleDecisionInput()
    expect(fitsDecisionInput(Object.create(input))).toBe(false)
    expect(fitsDecisionInput({ ...input, device: Object.create(input.device) })).toBe(false)
    for (const value of [undefined, null, [], 'x', 1, new Map()]) expect(fitsDecisionInput(value)).toBe(false)
  })
})
