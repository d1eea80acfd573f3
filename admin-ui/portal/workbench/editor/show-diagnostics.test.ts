import { EditorState } from '@codemirror/state'
import { expect, test } from 'vitest'
import { offsetOf, shownDiagnostic } from './show-diagnostics.ts'

const state = EditorState.create({ doc: 'allow if\n\tx\n' })
const at = (line: number, column: number, end_line: number, end_column: number) =>
  shownDiagnostic(state, { path: 'a.rego', line, column, end_line, end_column, severity: 'error', code: 'rego_parse', message: 'no' })

test('what the compiler says stands at its line and column', () => {
  expect(at(1, 7, 1, 9)).toMatchObject({ from: 6, to: 8, severity: 'error', source: 'rego_parse' })
  expect(at(2, 2, 2, 3)).toMatchObject({ from: 10, to: 11 })
})

test('what has no length is one character long, and what lies behind the end is at the end', () => {
  expect(at(1, 1, 1, 1)).toMatchObject({ from: 0, to: 1 })
  expect(at(9, 1, 9, 4)).toMatchObject({ from: state.doc.length, to: state.doc.length })
  expect(offsetOf(state, 0, 0)).toBe(0)
  expect(offsetOf(state, 1, 99)).toBe(8)
})
