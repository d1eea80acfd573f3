/**
 * RFC 8785 (JSON Canonicalization Scheme) for the values that we put on the wire: objects, arrays, strings, booleans, null and
 * integers within ±2^53-1. Anything else is refused: a float or `undefined` in a signed object is a mistake.
 *
 * @throws TypeError with the path of the value that cannot be written
 */
export function canonicalJson(value: unknown): string {
  return write(value, '$')
}

function write(value: unknown, path: string): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw new TypeError(`${path}: a lone surrogate has no UTF-8 form`)
    return JSON.stringify(value)
  }
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new TypeError(`${path}: ${value} is not an integer within ±(2^53-1)`)
    return String(value === 0 ? 0 : value)
  }
  if (Array.isArray(value)) return `[${value.map((item, index) => write(item, `${path}[${index}]`)).join(',')}]`
  if (typeof value === 'object' && isPlain(value)) {
    const members = Object.entries(value)
    // RFC 8785, section 3.2.3: names sort by UTF-16 code units, which is what `<` on strings compares.
    members.sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${members.map(([name, member]) => `${write(name, path)}:${write(member, `${path}.${name}`)}`).join(',')}}`
  }
  throw new TypeError(`${path}: ${typeof value} has no canonical form`)
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
