import type { policyBuiltins } from '../gateway/policies-admin/policy-builtins.ts'

/** What `input` is in every case. */
export const builtinInput = {
  n: [0, 1, -1, 2, 7, -7, 10, 2.5, -2.5, 0.1, 3.999, 9007199254740991, 1795500000],
  s: ['', 'a', 'Abc', 'aXbXc', '  padded\t\n', 'Grüße', 'ÄÖÜß', '日本語', 'a/b/c', 'x.y.z', '12', '-1.5', 'é', '😀x'],
  a: [[], [1], [3, 1, 2], ['b', 'a'], [1, 'a', null, true, [2], { k: 1 }], [[1, 2], [3], []], [1, 1, 2]],
  o: [{}, { a: 1 }, { a: { b: { c: 1 } }, d: [1, 2, { e: 3 }] }, { b: 2, a: null }],
  b: [true, false],
  z: null,
}

type Builtin = (typeof policyBuiltins)[number]
type Cases = Readonly<Record<Builtin, readonly string[]>>

const n = (index: number): string => `input.n[${index}]`
const s = (index: number): string => `input.s[${index}]`
const a = (index: number): string => `input.a[${index}]`
const o = (index: number): string => `input.o[${index}]`
const indices = (list: readonly unknown[]): number[] => list.map((_, index) => index)
const numbers = indices(builtinInput.n).map(n)
const strings = indices(builtinInput.s).map(s)
const arrays = indices(builtinInput.a).map(a)
const objects = indices(builtinInput.o).map(o)
const everything = [...numbers, ...strings, ...arrays, ...objects, 'input.b[0]', 'input.b[1]', 'input.z', '{x | some x in input.a[2]}']
const set = (array: string): string => `{x | some x in ${array}}`
const each = (name: string, args: readonly string[]): string[] => args.map((arg) => `${name}(${arg})`)
const pairs = (list: readonly string[]): [string, string][] =>
  list.flatMap((left, index) => list.slice(index % 2).map((right): [string, string] => [left, right]))
const infix = (operator: string, list: readonly string[]): string[] => pairs(list).map(([left, right]) => `(${left} ${operator} ${right})`)
const compare = (operator: string): string[] =>
  infix(operator, [n(0), n(2), n(7), n(11), s(1), s(5), s(7), a(1), a(2), o(1), 'input.z', 'input.b[0]', set(a(2))])
const ofStrings = (name: string, seconds: readonly string[]): string[] =>
  strings.flatMap((first) => seconds.map((second) => `${name}(${first}, ${second})`))
const someText = ['""', '"a"', '"X"', '"ü"', '" "', '"日"']
const integers = [n(0), n(1), n(3), n(4), n(6), n(12)]

/** Expressions for each listed built-in. The order in which `walk` meets the members of an object is not defined anywhere. */
export const builtinCases: Cases = {
  abs: each('abs', numbers),
  and: [`${set(a(2))} & ${set(a(6))}`, `${set(a(0))} & ${set(a(1))}`, `${set(a(4))} & ${set(a(1))}`],
  'array.concat': [`array.concat(${a(1)}, ${a(2)})`, `array.concat(${a(0)}, ${a(0)})`, `array.concat(${a(4)}, ${a(5)})`],
  'array.flatten': each('array.flatten', arrays),
  'array.reverse': each('array.reverse', arrays),
  'array.slice': arrays.flatMap((array) => [
    `array.slice(${array}, 0, 1)`,
    `array.slice(${array}, 1, 9)`,
    `array.slice(${array}, -1, 2)`,
    `array.slice(${array}, 2, 1)`,
  ]),
  assign: [`[y | y := ${n(3)}][0]`],
  'base64.encode': each('base64.encode', strings),
  'base64url.encode': each('base64url.encode', strings),
  'bits.and': integers.flatMap((left) => integers.map((right) => `bits.and(${left}, ${right})`)),
  'bits.lsh': integers.map((left) => `bits.lsh(${left}, 3)`),
  'bits.negate': each('bits.negate', integers),
  'bits.or': integers.flatMap((left) => integers.map((right) => `bits.or(${left}, ${right})`)),
  'bits.rsh': integers.map((left) => `bits.rsh(${left}, 1)`),
  'bits.xor': integers.flatMap((left) => integers.map((right) => `bits.xor(${left}, ${right})`)),
  concat: [`concat(",", ${a(3)})`, `concat("", ${a(0)})`, `concat("ü", input.s)`],
  contains: ofStrings('contains', someText),
  count: [...each('count', [...strings, ...arrays, ...objects]), `count(${set(a(6))})`],
  endswith: ofStrings('endswith', someText),
  eq: [`[1 | ${n(1)} = ${n(1)}]`, `[y | [y, 1] = [${s(2)}, 1]]`, `[1 | ${n(1)} = ${n(2)}]`],
  equal: compare('=='),
  'glob.match': [
    'glob.match("a/*", ["/"], "a/b")',
    'glob.match("a/*", ["/"], "a/b/c")',
    'glob.match("a/**", ["/"], "a/b/c")',
    'glob.match("*.b", [], "a.b")',
    'glob.match("{a,b}c", null, "bc")',
    'glob.match("[a-c]x", null, "bx")',
    'glob.match("[!a-c]x", null, "dx")',
    'glob.match("?b", ["."], "ab")',
    'glob.match("*:*", [":"], "a:b")',
  ],
  'graph.reachable': ['graph.reachable({"a": ["b"], "b": ["c"], "c": ["a"], "d": []}, {"a"})', 'graph.reachable({}, {"a"})'],
  gt: compare('>'),
  gte: compare('>='),
  'internal.member_2': [
    ...everything.map((item) => `[1 | ${item} in ${a(4)}]`),
    `[1 | ${n(1)} in ${o(1)}]`,
    `[1 | ${n(1)} in ${set(a(2))}]`,
  ],
  'internal.member_3': [`[1 | "a", 1 in ${o(1)}]`, `[1 | 0, 3 in ${a(2)}]`, `[1 | "b", 1 in ${o(1)}]`],
  intersection: [`intersection({${set(a(2))}, ${set(a(6))}})`, 'intersection(set())'],
  is_array: each('is_array', everything),
  is_boolean: each('is_boolean', everything),
  is_null: each('is_null', everything),
  is_number: each('is_number', everything),
  is_object: each('is_object', everything),
  is_set: each('is_set', everything),
  is_string: each('is_string', everything),
  lower: each('lower', strings),
  lt: compare('<'),
  lte: compare('<='),
  max: [...each('max', arrays), `max(${set(a(2))})`, `max(input.n)`],
  min: [...each('min', arrays), `min(${set(a(2))})`, `min(input.n)`],
  minus: [...infix('-', numbers), `(${set(a(2))} - ${set(a(1))})`],
  mul: infix('*', numbers),
  neq: compare('!='),
  'numbers.range': [`numbers.range(1, 4)`, `numbers.range(4, 1)`, `numbers.range(${n(4)}, ${n(4)})`, `numbers.range(${n(7)}, 4)`],
  'object.filter': [`object.filter(${o(2)}, ["a"])`, `object.filter(${o(2)}, {"d": 1})`, `object.filter(${o(1)}, {"a", "x"})`],
  'object.get': [
    `object.get(${o(1)}, "a", 5)`,
    `object.get(${o(1)}, "x", 5)`,
    `object.get(${o(2)}, ["a", "b", "c"], 5)`,
    `object.get(${o(2)}, ["a", "x"], 5)`,
    `object.get(${o(2)}, ["d", 2, "e"], 5)`,
    `object.get(${o(3)}, "a", 5)`,
    `object.get(${o(1)}, [], 5)`,
  ],
  'object.keys': each('object.keys', objects),
  'object.remove': [`object.remove(${o(2)}, ["a"])`, `object.remove(${o(2)}, {"d"})`, `object.remove(${o(2)}, {"d": 1})`],
  'object.union': objects.flatMap((left) => objects.map((right) => `object.union(${left}, ${right})`)),
  or: [`${set(a(2))} | ${set(a(6))}`, `${set(a(0))} | ${set(a(4))}`],
  plus: infix('+', numbers),
  product: [`product(${a(2)})`, `product(${a(0)})`, `product(${set(a(2))})`],
  'regex.find_all_string_submatch_n': [
    'regex.find_all_string_submatch_n("a(b*)", "abb ab a", -1)',
    'regex.find_all_string_submatch_n("a(b*)", "abb ab a", 2)',
    'regex.find_all_string_submatch_n("x", "abc", -1)',
  ],
  'regex.is_valid': each('regex.is_valid', ['"a+"', '"("', '"[a-"', '"\\\\d{2}"']),
  'regex.match': [
    'regex.match("^[a-z]+$", "abc")',
    'regex.match("^[a-z]+$", "aBc")',
    'regex.match("ü", "Grüße")',
    'regex.match("^\\\\d{4}-\\\\d{2}$", "2026-11")',
    'regex.match("(?i)ABC", "xabcx")',
    'regex.match("^.$", "😀")',
    'regex.match("\\\\bfoo\\\\b", "a foo b")',
    'regex.match("^$", "")',
    'regex.match("(", "a")',
    'regex.match("\\\\p{Lu}", "äÖ")',
  ],
  rem: infix('%', [n(0), n(1), n(3), n(4), n(5), n(6), n(11)]),
  round: each('round', numbers),
  sort: [...each('sort', arrays), `sort(${set(a(4))})`, 'sort(input.s)', 'sort(input.n)'],
  split: strings.flatMap((text) => [`split(${text}, "X")`, `split(${text}, "/")`, `split(${text}, "")`, `split(${text}, "ü")`]),
  startswith: ofStrings('startswith', someText),
  'strings.replace_n': strings.map((text) => `strings.replace_n({"a": "1", "X": "2", "ü": "3"}, ${text})`),
  'strings.reverse': each('strings.reverse', strings),
  substring: strings.flatMap((text) => [
    `substring(${text}, 0, 2)`,
    `substring(${text}, 1, -1)`,
    `substring(${text}, 2, 1)`,
    `substring(${text}, 9, 2)`,
  ]),
  sum: [`sum(${a(2)})`, `sum(${a(0)})`, `sum(${set(a(2))})`, 'sum(input.n)'],
  'time.clock': ['', 'UTC', 'Europe/Berlin', 'America/St_Johns', 'Asia/Kolkata', 'Mars/Olympus'].flatMap((zone) =>
    [1_795_500_000, 1_806_195_599, 1_806_195_600, 1_824_944_399, 1_824_944_400].map((at) => `time.clock([${at} * 1000000000, "${zone}"])`),
  ),
  trim: ofStrings('trim', ['" "', '"aX"', '" \\t\\n"', '"ü"']),
  trim_left: ofStrings('trim_left', ['" "', '"aX"', '"G"']),
  trim_prefix: ofStrings('trim_prefix', ['"a"', '"Gr"', '""']),
  trim_right: ofStrings('trim_right', ['"c"', '"\\n\\t "', '"e"']),
  trim_space: each('trim_space', strings),
  trim_suffix: ofStrings('trim_suffix', ['"c"', '"ße"', '""']),
  type_name: each('type_name', everything),
  union: [`union({${set(a(2))}, ${set(a(6))}})`, 'union(set())'],
  upper: each('upper', strings),
  walk: [`{p | some p, v; walk(${o(2)}, [p, v])}`, `{v | walk(${a(5)}, [_, v])}`, `[v | walk(${a(5)}, [_, v])]`],
}
