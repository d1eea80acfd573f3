import fc from 'fast-check'
import { arbitraryInput } from './arbitrary-input.ts'

const other: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    -1,
    1.5,
    '',
    'x',
    [],
    {},
    [null],
    [1, 'a'],
    { a: 1 },
    [[]],
    9_007_199_254_740_991,
    -1_795_500_000,
  ),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.integer(),
)

/** Where something is broken, counted through the tree, and how. */
const breakage = fc.record({ at: fc.nat(200), how: fc.constantFrom('remove', 'replace', 'add', 'repeat'), by: other })

/** An input of which up to three members are missing, of another type, or too many: what no schema has let through. */
export const brokenInput: fc.Arbitrary<unknown> = fc
  .tuple(arbitraryInput, fc.array(breakage, { minLength: 1, maxLength: 3 }))
  .map(([input, breakages]) => {
    const broken = structuredClone(input) as unknown
    for (const one of breakages) breakOne(broken, one)
    return broken
  })

type Breakage = typeof breakage extends fc.Arbitrary<infer Value> ? Value : never

function breakOne(root: unknown, { at, how, by }: Breakage): void {
  const places = placesIn(root)
  const place = places[at % places.length]
  if (place === undefined) return
  const { holder, key } = place
  if (how === 'replace') holder[key] = structuredClone(by)
  else if (how === 'remove') removeFrom(holder, key)
  else if (Array.isArray(holder)) holder.push(structuredClone(how === 'add' ? by : holder[Number(key)]))
  else holder[`${key}_`] = structuredClone(how === 'add' ? by : holder[key])
}

function removeFrom(holder: Record<string, unknown>, key: string): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1)
  else delete holder[key]
}

interface Place {
  readonly holder: Record<string, unknown>
  readonly key: string
}

function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return []
  const holder = value as Record<string, unknown>
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...placesIn(holder[key])])
}
