import fc from 'fast-check'
import type { policyBuiltins } from '../../../gateway/policies-admin/policy-builtins.ts'

type Builtin = (typeof policyBuiltins)[number]

/** One argument: JSON, that the module under test may turn into a set first, since JSON has none. */
export interface Argument {
  readonly as: 'value' | 'set' | 'set_of_sets'
  readonly value: unknown
}

const value = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<Argument> => of.map((one) => ({ as: 'value', value: one }))
const set = <T>(of: fc.Arbitrary<T>, maxLength = 6): fc.Arbitrary<Argument> =>
  fc.array(of, { maxLength }).map((items) => ({ as: 'set', value: items }))

const small = fc.integer({ min: -9, max: 20 })
const bits = fc.oneof(fc.nat(1_000), fc.nat(2 ** 31 - 1))
/** Whole numbers whose sums and products stay below 2^63, which is where Wasm's end, and decimals of few places. */
const number = fc.oneof(
  small,
  fc.integer({ min: -1_000_000, max: 1_000_000 }),
  fc.integer({ min: -1_000, max: 1_000 }).map((n) => n / 10),
  fc.constantFrom(0, 1, -1, 0.25, -0.75, 1_795_500_000),
)
const character = fc.constantFrom(...'aaabbcX.-/_ 1\t\nüßÄé日€😀'.match(/./gsu)!)
const text = fc.array(character, { maxLength: 12 }).map((list) => list.join(''))
const word = fc.array(character, { maxLength: 3 }).map((list) => list.join(''))
const key = fc.constantFrom('a', 'b', 'c', 'ü', 'a/b', '')
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.oneof(number, word, fc.boolean(), fc.constant(null)),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(key, tie('json'), { maxKeys: 4, noNullPrototype: true }),
  ),
}))
const object = fc.dictionary(key, json, { maxKeys: 4, noNullPrototype: true })
const array = fc.array(json, { maxLength: 6 })
const any = fc.oneof(value(json), set(json, 4))
const collection = fc.oneof(value(array), set(json))
const numbers = fc.oneof(value(fc.array(number, { maxLength: 6 })), set(number))
const sets = fc.array(fc.array(small, { maxLength: 5 }), { maxLength: 4 }).map((items): Argument => ({ as: 'set_of_sets', value: items }))
const keys = fc.oneof(value(fc.array(key, { maxLength: 4 })), set(key, 4), value(object))
const pattern = fc
  .array(
    fc.constantFrom('a', 'b', 'X', '.', '^', '$', '(a|b)', '[a-c]', '[^a]', 'a+', 'b*', 'X?', '\\d', '\\w+', '\\s', 'ü', '(', ']', '{2}'),
    {
      maxLength: 4,
    },
  )
  .map((list) => list.join(''))
const glob = fc
  .array(fc.constantFrom('a', 'b', 'X', '*', '**', '?', '.', '/', '[a-c]', '[!a]', '{a,b}', 'ü'), { maxLength: 5 })
  .map((list) => list.join(''))
const globText = fc.array(fc.constantFrom('a', 'b', 'X', '.', '/', 'ü', 'c'), { maxLength: 6 }).map((list) => list.join(''))
const delimiters = fc.constantFrom(null, [], ['.'], ['/'], ['.', '/'])
const graph = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.subarray(['a', 'b', 'c', 'd', 'e']), { noNullPrototype: true })
const nodes = fc.subarray(['a', 'b', 'c', 'd'])
/** Whole seconds about the changes of some clocks, and any between 1973 and 2037, in nanoseconds: JSON has them exactly. */
const instant = fc
  .oneof(
    fc.integer({ min: 100_000_000, max: 2_140_000_000 }),
    fc
      .tuple(fc.constantFrom(1_806_195_600, 1_824_944_400, 1_804_921_200), fc.integer({ min: -7_200, max: 7_200 }))
      .map(([at, by]) => at + by),
  )
  .map((seconds) => seconds * 1e9)
const zone = fc.constantFrom(
  '',
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/St_Johns',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'No/Where',
)

const values = (...of: readonly fc.Arbitrary<unknown>[]): fc.Arbitrary<Argument>[] => of.map(value)
const two = (of: fc.Arbitrary<Argument>): fc.Arbitrary<Argument>[] => [of, of]
const texts = values(text, word)

/** What each listed built-in is asked with. `eq` and `assign` are no functions of values: cases by hand hold them. */
export const builtinArguments: Readonly<Record<Exclude<Builtin, 'eq' | 'assign'>, readonly fc.Arbitrary<Argument>[]>> = {
  abs: values(number),
  and: two(set(json)),
  'array.concat': values(array, array),
  'array.flatten': values(array),
  'array.reverse': values(array),
  'array.slice': values(array, small, small),
  'base64.encode': values(text),
  'base64url.encode': values(text),
  'bits.and': values(bits, bits),
  'bits.lsh': values(fc.nat(1_000_000), fc.nat(10)),
  'bits.negate': values(bits),
  'bits.or': values(bits, bits),
  'bits.rsh': values(bits, fc.nat(31)),
  'bits.xor': values(bits, bits),
  concat: values(word, fc.array(text, { maxLength: 4 })),
  contains: texts,
  count: [fc.oneof(value(text), collection, value(object))],
  endswith: texts,
  equal: two(any),
  'glob.match': values(glob, delimiters, globText),
  'graph.reachable': [value(graph), fc.oneof(value(nodes), set(fc.constantFrom('a', 'b', 'c'), 3))],
  gt: two(any),
  gte: two(any),
  'internal.member_2': [value(json), fc.oneof(collection, value(object))],
  'internal.member_3': [value(fc.oneof(key, small)), value(json), fc.oneof(collection, value(object))],
  intersection: [sets],
  is_array: [any],
  is_boolean: [any],
  is_null: [any],
  is_number: [any],
  is_object: [any],
  is_set: [any],
  is_string: [any],
  lower: values(text),
  lt: two(any),
  lte: two(any),
  max: [collection],
  min: [collection],
  minus: [fc.oneof(value(number), set(json)), fc.oneof(value(number), set(json))],
  mul: values(number, number),
  neq: two(any),
  'numbers.range': values(small, small),
  'object.filter': [value(object), keys],
  'object.get': values(object, fc.oneof(json, fc.array(key, { maxLength: 3 }), key), json),
  'object.keys': values(object),
  'object.remove': [value(object), keys],
  'object.union': values(object, object),
  or: two(set(json)),
  plus: values(number, number),
  product: [fc.oneof(value(fc.array(small, { maxLength: 6 })), set(small))],
  'regex.find_all_string_submatch_n': values(pattern, text, fc.integer({ min: -1, max: 3 })),
  'regex.is_valid': values(pattern),
  'regex.match': values(pattern, text),
  rem: values(fc.integer({ min: -1_000, max: 1_000 }), fc.integer({ min: -9, max: 9 })),
  round: values(number),
  sort: [collection],
  split: texts,
  startswith: texts,
  'strings.replace_n': values(fc.dictionary(fc.constantFrom('a', 'b', 'X', 'ü', '1'), word, { maxKeys: 3, noNullPrototype: true }), text),
  'strings.reverse': values(text),
  substring: values(text, small, small),
  sum: [numbers],
  'time.clock': values(fc.tuple(instant, zone)),
  trim: texts,
  trim_left: texts,
  trim_prefix: texts,
  trim_right: texts,
  trim_space: values(text),
  trim_suffix: texts,
  type_name: [any],
  union: [sets],
  upper: values(text),
  walk: values(json),
}

/** The same calls for the same seed. */
export function builtinCalls(name: keyof typeof builtinArguments, count: number, seed: number): readonly Argument[][] {
  return fc.sample(fc.tuple(...builtinArguments[name]), { numRuns: count, seed })
}
