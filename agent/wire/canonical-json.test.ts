import canonicalize from 'canonicalize'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from './canonical-json.ts'

const leaf = fc.oneof(fc.string({ unit: 'grapheme' }), fc.maxSafeInteger(), fc.boolean(), fc.constant(null))
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(fc.string({ maxLength: 6 }), tie('any'), { maxKeys: 5 }),
  ),
})).any

describe('canonicalJson', () => {
  it('writes the same bytes as an independent implementation of RFC 8785', () => {
    fc.assert(
      fc.property(value, (any) => {
        expect(canonicalJson(any)).toBe(canonicalize(any))
      }),
      { numRuns: 2_000 },
    )
  })

  it('sorts names by UTF-16 code units, as the example of RFC 8785, section 3.2.3 does', () => {
    const names = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\u{1f600}': 5, '\u0080': 6, '\u00f6': 7 }
    expect(Object.keys(JSON.parse(canonicalJson(names)) as object).toSorted()).toHaveLength(7)
    expect(canonicalJson(names)).toBe('{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\u{1f600}":5,"\ufb33":3}')
  })

  it.each([
    ['a float', { a: 1.5 }, '$.a'],
    ['an integer past 2^53', { a: [2 ** 53] }, '$.a[0]'],
    ['NaN', Number.NaN, '$'],
    ['undefined', { a: undefined }, '$.a'],
    ['a Date', { a: new Date(0) }, '$.a'],
    ['a Buffer', Buffer.from('a'), '$'],
    ['a lone surrogate', { a: '\ud800' }, '$.a'],
    ['a bigint', { a: 1n }, '$.a'],
  ])('refuses %s and says where it is', (_name, bad, path) => {
    expect(() => canonicalJson(bad)).toThrow(path)
  })

  it('writes -0 as 0', () => {
    expect(canonicalJson({ a: -0 })).toBe('{"a":0}')
  })
})
