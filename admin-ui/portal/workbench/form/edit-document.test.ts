import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { membersAt, readDocument, valueAt, writeValue } from './edit-document.ts'

const shipped = (name: string): string => readFileSync(new URL(`../../../../policies/data/${name}.json`, import.meta.url), 'utf8')
const changedLines = (before: string, after: string): readonly string[] => {
  const old = before.split('\n')
  return after.split('\n').filter((line) => !old.includes(line))
}

describe('a data file', () => {
  test('gets one value exchanged, and no other line is touched', () => {
    const after = writeValue(shipped('limits'), ['limits', 'max_duration_s', 'ssh'], 1800)
    expect(changedLines(shipped('limits'), after)).toEqual([
      '    "max_duration_s": { "http": 14400, "vnc": 14400, "ssh": 1800, "tcp": 3600 },',
    ])
    expect(valueAt(readDocument(after) ?? undefined, ['limits', 'max_duration_s', 'ssh'])).toBe(1800)
  })

  test('gets a member added to what is empty, on one line or on many, and below what is not there yet', () => {
    const requirements = writeValue(shipped('requirements'), ['requirements', 'training', 'level', 'press'], 2)
    expect(changedLines(shipped('requirements'), requirements)).toEqual(['      "level": {', '        "press": 2', '      }'])
    expect(writeValue('{ "a": 1 }', ['b'], [])).toBe('{ "a": 1, "b": [] }')
    expect(writeValue('{\n  "a": 1\n}\n', ['b', 'c'], 'x')).toBe('{\n  "a": 1,\n  "b": { "c": "x" }\n}\n')
  })

  test('loses a member with its comma, wherever it stands', () => {
    const text = '{\n  "a": [1, { "b": "}" }],\n  "c": 2,\n  "d": 3\n}\n'
    expect(writeValue(text, ['a'], undefined)).toBe('{\n  "c": 2,\n  "d": 3\n}\n')
    expect(writeValue(text, ['c'], undefined)).toBe('{\n  "a": [1, { "b": "}" }],\n  "d": 3\n}\n')
    expect(writeValue(text, ['d'], undefined)).toBe('{\n  "a": [1, { "b": "}" }],\n  "c": 2\n}\n')
    expect(writeValue('{ "only": 1 }', ['only'], undefined)).toBe('{}')
    expect(writeValue(text, ['gone', 'deeper'], undefined)).toBe(text)
  })

  test('is read with names of any kind', () => {
    const text = writeValue('{}', ['site', 'Halle 3, "Süd"'], ['Olga'])
    expect(readDocument(text)).toEqual({ site: { 'Halle 3, "Süd"': ['Olga'] } })
    expect(readDocument(writeValue(text, ['site', 'Halle 3, "Süd"'], []))).toEqual({ site: { 'Halle 3, "Süd"': [] } })
  })

  test('that is no document is none, and what is not there is undefined', () => {
    expect(readDocument('{')).toBeNull()
    expect(readDocument('[1]')).toBeNull()
    expect(valueAt({ a: 1 }, ['a', 'b'])).toBeUndefined()
    expect(valueAt({}, ['toString'])).toBeUndefined()
    expect(membersAt({ a: 1 }, ['a'])).toEqual({})
  })
})
