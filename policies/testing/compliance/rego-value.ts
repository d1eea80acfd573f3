/** A value of Rego as its Wasm writes it. JSON has no sets, and a set has no order: here both can be seen. */
export type RegoValue =
  | { readonly kind: 'null' | 'boolean' | 'number' | 'string'; readonly value: null | boolean | number | bigint | string }
  | { readonly kind: 'array' | 'set'; readonly items: readonly RegoValue[] }
  | { readonly kind: 'object'; readonly members: readonly (readonly [RegoValue, RegoValue])[] }

const token = /\s*(?:(set\(\))|([[\]{},:])|("(?:[^"\\]|\\.)*")|(-?\d[\d.eE+-]*)|(true|false|null))/y

/** @param text as `opa_value_dump` writes it: `{"a": {1, 2}, "b": set()}` */
export function parseRegoValue(text: string): RegoValue {
  const tokens: string[] = []
  token.lastIndex = 0
  while (token.lastIndex < text.trimEnd().length) {
    const at = token.lastIndex
    const found = token.exec(text)
    if (found === null) throw new SyntaxError(`no Rego value at ${at}: ${text.slice(at, at + 40)}`)
    tokens.push(found[0].trim())
  }
  let next = 0
  const expect = (what: string): void => {
    if (tokens[next] !== what) throw new SyntaxError(`${what} expected, ${tokens[next] ?? 'the end'} found: ${text.slice(0, 200)}`)
    next += 1
  }
  const list = (end: string, member: () => void): void => {
    while (tokens[next] !== end) {
      member()
      if (tokens[next] !== end) expect(',')
    }
    next += 1
  }
  const value = (): RegoValue => {
    const one = tokens[next] ?? ''
    next += 1
    if (one === 'set()') return { kind: 'set', items: [] }
    if (one === '[') {
      const items: RegoValue[] = []
      list(']', () => items.push(value()))
      return { kind: 'array', items }
    }
    return one === '{' ? braced() : scalar(one)
  }
  const braced = (): RegoValue => {
    const items: RegoValue[] = []
    const members: [RegoValue, RegoValue][] = []
    list('}', () => {
      const key = value()
      if (tokens[next] !== ':') return void items.push(key)
      next += 1
      members.push([key, value()])
    })
    return items.length > 0 ? { kind: 'set', items } : { kind: 'object', members }
  }
  const whole = value()
  if (next !== tokens.length) throw new SyntaxError(`more behind the value: ${tokens[next]}`)
  return whole
}

function scalar(text: string): RegoValue {
  if (/^-?\d+$/.test(text)) return { kind: 'number', value: BigInt(text) }
  const value = JSON.parse(text) as null | boolean | number | string
  return { kind: value === null ? 'null' : (typeof value as 'boolean' | 'number' | 'string'), value }
}

/** What came out of a file of cases, where a set stands as the array of its members in order. */
export function regoValueOf(value: unknown): RegoValue {
  if (Array.isArray(value)) return { kind: 'array', items: value.map(regoValueOf) }
  if (value === null || value === undefined) return { kind: 'null', value: null }
  if (typeof value === 'object')
    return {
      kind: 'object',
      members: Object.entries(value).map(([name, member]) => [{ kind: 'string', value: name }, regoValueOf(member)]),
    }
  if (typeof value === 'bigint') return { kind: 'number', value }
  return { kind: typeof value as 'boolean' | 'number' | 'string', value: value as boolean | number | string }
}

const kinds = ['null', 'boolean', 'number', 'string', 'array', 'object', 'set']

/** The order of Rego, over all kinds of values. */
export function compareRego(a: RegoValue, b: RegoValue): number {
  if (a.kind !== b.kind) return kinds.indexOf(a.kind) - kinds.indexOf(b.kind)
  if ('items' in a && 'items' in b) return compareLists(inOrder(a), inOrder(b))
  if ('members' in a && 'members' in b) {
    const [left, right] = [a, b].map(({ members }) => members.toSorted(([x], [y]) => compareRego(x, y)))
    return compareLists((left ?? []).flat(), (right ?? []).flat())
  }
  if (!('value' in a) || !('value' in b) || a.value === b.value) return 0
  return (a.value ?? 0) < (b.value ?? 0) ? -1 : (a.value ?? 0) > (b.value ?? 0) ? 1 : 0
}

const inOrder = (value: RegoValue & { readonly items: readonly RegoValue[] }): readonly RegoValue[] =>
  value.kind === 'set' ? value.items.toSorted(compareRego) : value.items

function compareLists(a: readonly RegoValue[], b: readonly RegoValue[]): number {
  for (const [index, item] of a.entries()) {
    const other = b[index]
    if (other === undefined) return 1
    const order = compareRego(item, other)
    if (order !== 0) return order
  }
  return a.length - b.length
}

/** Sets as arrays in order, as JSON would have them. */
export function withoutSets(value: RegoValue): RegoValue {
  if ('items' in value) return { kind: 'array', items: inOrder(value).map(withoutSets) }
  if (!('members' in value)) return value
  return { kind: 'object', members: value.members.map(([key, member]) => [withoutSets(key), withoutSets(member)]) }
}

/** One text for equal values without sets. */
export function canonicalRego(value: RegoValue): string {
  if ('items' in value) return `[${value.items.map((item) => canonicalRego(item)).join(',')}]`
  if ('members' in value) {
    const members = value.members.map(([key, member]): [string, string] => [
      'value' in key && typeof key.value === 'string' ? key.value : canonicalRego(key),
      canonicalRego(member),
    ])
    const sorted = members.toSorted(([x], [y]) => (x < y ? -1 : 1))
    return `{${sorted.map(([name, member]) => `${JSON.stringify(name)}:${member}`).join(',')}}`
  }
  return typeof value.value === 'bigint' ? String(value.value) : JSON.stringify(value.value)
}
