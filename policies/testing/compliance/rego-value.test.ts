import { describe, expect, it } from 'vitest'
import { canonicalRego, compareRego, parseRegoValue, regoValueOf, withoutSets } from './rego-value.ts'

const canonical = (text: string): string => canonicalRego(withoutSets(parseRegoValue(text)))

describe('a value of Rego as its Wasm writes it', () => {
  it('is read with its sets, whose members are in order then', () => {
    expect(canonical('{"b": {3, 1, 2}, "a": [3, set(), {}], "c": "x\\"}"}')).toBe('{"a":[3,[],{}],"b":[1,2,3],"c":"x\\"}"}')
    expect(canonical('{{"a": 1}, [2], "x", 10, 9, true, null, {1}}')).toBe('[null,true,9,10,"x",[2],{"a":1},[1]]')
    expect(canonical('9007199254740993')).toBe('9007199254740993')
    expect(canonical('1.50')).toBe('1.5')
  })

  it('is the same as that of a file of cases, where JSON can say it', () => {
    const value = { b: [1n, 2.5, null], a: { c: true } }
    expect(canonicalRego(regoValueOf(value))).toBe(canonical('{"a": {"c": true}, "b": [1, 2.5, null]}'))
    expect(compareRego(parseRegoValue('{1, 2}'), parseRegoValue('{2, 1}'))).toBe(0)
    expect(compareRego(parseRegoValue('[1, 2]'), parseRegoValue('[1]'))).toBeGreaterThan(0)
  })

  it('is refused where it is none', () => {
    for (const text of ['', '{', '[1', '{"a": }', 'x', '1 2']) expect(() => parseRegoValue(text), text).toThrow(SyntaxError)
  })
})
