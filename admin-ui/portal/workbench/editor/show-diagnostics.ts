import { setDiagnostics } from '@codemirror/lint'
import type { Diagnostic as Shown } from '@codemirror/lint'
import type { EditorState } from '@codemirror/state'
import type { EditorView } from '@codemirror/view'
import type { Diagnostic } from '../../../../gateway/http-api/contract/policy-analysis.ts'

/** Where a line and column, from 1, are in this text; what lies behind its end is its end. */
export const offsetOf = (state: EditorState, line: number, column: number): number => {
  if (line < 1) return 0
  if (line > state.doc.lines) return state.doc.length
  const { from, to } = state.doc.line(line)
  return Math.min(to, from + Math.max(0, column - 1))
}

/** What stands against the text, at least one character long, so that it is seen. */
export const shownDiagnostic = (state: EditorState, { line, column, end_line, end_column, severity, code, message }: Diagnostic): Shown => {
  const from = offsetOf(state, line, column)
  const to = Math.max(offsetOf(state, end_line, end_column), from)
  const { to: lineEnd } = state.doc.lineAt(from)
  return { from, to: to > from ? to : Math.min(lineEnd, from + 1), severity, source: code, message }
}

export const showDiagnostics = (view: EditorView, diagnostics: readonly Diagnostic[]): void =>
  view.dispatch(
    setDiagnostics(
      view.state,
      diagnostics.map((diagnostic) => shownDiagnostic(view.state, diagnostic)),
    ),
  )
