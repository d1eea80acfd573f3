import { describe, expect, it } from 'vitest'
import type { CodedError } from '../basics/coded-error.ts'
import { sqlValues } from './sql-value.ts'

const codeOf = (value: unknown): string => {
  try {
    sqlValues([value])
    return 'stored'
  } catch (error) {
    return (error as CodedError).code
  }
}

describe('parameters', () => {
  it('encodes booleans and leaves other primitives as they are', () => {
    expect(sqlValues([true, false, 'a', 1, 1.5, null, 5n])).toEqual([1, 0, 'a', 1, 1.5, null, 5n])
  })

  it('copies bytes out of their pool', () => {
    const [copy] = sqlValues([Buffer.from('abc')])
    expect(Buffer.from(copy as Uint8Array).toString()).toBe('abc')
    expect((copy as Uint8Array).buffer.byteLength).toBe(3)
  })

  it.each([
    [new Date(0)],
    [{ a: 1 }],
    [[1]],
    [undefined],
    [() => 1],
    [Symbol('x')],
    [NaN],
    [Infinity],
    [2n ** 64n],
    [new Map()],
    [Object.create(null)],
  ])('refuses %s, which is no primitive that SQL keeps', (value) => {
    expect(codeOf(value)).toBe('parameter_not_primitive')
  })

  it('refuses text that cannot be kept as it is', () => {
    expect(codeOf('a\0b')).toBe('text_not_storable')
    expect(codeOf('\ud800')).toBe('text_not_storable')
    expect(codeOf('\udc00 odd')).toBe('text_not_storable')
    expect(codeOf('\u202eevil\u2066 😀')).toBe('stored')
  })
})
