import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyField, historyKeymap } from '@codemirror/commands'
import { bracketMatching, codeFolding, foldKeymap, indentOnInput } from '@codemirror/language'
import { lintGutter, lintKeymap } from '@codemirror/lint'
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search'
import { Compartment, EditorState } from '@codemirror/state'
import type { Extension } from '@codemirror/state'
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view'
import type { Diagnostic, FileCoverage } from '../../../../gateway/http-api/contract/policy-analysis.ts'
import type { Language } from '../../../words/language.tsx'
import { compareWith } from './compare.ts'
import type { CompareWords } from './compare.ts'
import { completeRego } from './complete-rego.ts'
import { editorCommands } from './editor-commands.ts'
import type { EditorActs } from './editor-commands.ts'
import { editorPhrases } from './editor-phrases.ts'
import { editorTheme } from './editor-theme.ts'
import { jsonLanguage } from './json-language.ts'
import { lineMarks, showComments, showCoverage } from './line-marks.ts'
import type { CoverageWords, LineComment } from './line-marks.ts'
import { regoIndent, regoLanguage } from './rego-language.ts'
import { changeTo } from './replace-text.ts'
import { offsetOf, showDiagnostics } from './show-diagnostics.ts'
import { typeOver } from './type-over.ts'

export interface EditorOptions {
  readonly parent: HTMLElement
  readonly path: string
  readonly text: string
  readonly label: string
  readonly describedBy: string | undefined
  readonly readOnly: boolean
  readonly language: Language
  /** What `remember` gave when this file was closed. */
  readonly remembered: unknown
  readonly acts: EditorActs
  readonly onChange: (text: string) => void
}

export type Editor = ReturnType<typeof createEditor>

/** Styles that CodeMirror makes carry the nonce of this answer, as the content security policy demands. */
const styleNonce = (): Extension => EditorView.cspNonce.of(document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '')

const languageOf = (path: string, acts: EditorActs): Extension =>
  path.endsWith('.rego')
    ? [regoLanguage, regoIndent, autocompletion({ override: [completeRego(acts.known)], icons: false, maxRenderedOptions: 60 })]
    : [jsonLanguage]

/** An editor of one file. */
export const createEditor = ({ parent, path, text, label, describedBy, readOnly, language, remembered, acts, onChange }: EditorOptions) => {
  const comparing = new Compartment()
  const extensions: Extension = [
    styleNonce(),
    editorTheme,
    editorPhrases(language),
    editorCommands(acts),
    lineNumbers(),
    lintGutter(),
    lineMarks,
    history(),
    drawSelection(),
    typeOver,
    codeFolding(),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    highlightSelectionMatches(),
    search({ top: true }),
    languageOf(path, acts),
    EditorState.tabSize.of(4),
    EditorState.readOnly.of(readOnly),
    comparing.of([]),
    EditorView.contentAttributes.of({
      'aria-label': label,
      tabindex: '0',
      ...(readOnly ? { 'aria-readonly': 'true' } : {}),
      ...(describedBy === undefined ? {} : { 'aria-describedby': describedBy }),
    }),
    EditorView.updateListener.of(({ docChanged, state }) => (docChanged ? onChange(state.doc.toString()) : undefined)),
    keymap.of([
      ...closeBracketsKeymap,
      ...defaultKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...foldKeymap,
      ...completionKeymap,
      ...lintKeymap,
    ]),
  ]
  const view = new EditorView({ parent, state: stateOf(text, remembered, extensions) })
  return {
    replaceText(next: string): void {
      const changes = changeTo(view.state.doc, next)
      if (changes !== null) view.dispatch({ changes, userEvent: 'input.replace' })
    },
    goTo(line: number, column: number): void {
      const anchor = offsetOf(view.state, line, column)
      view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) })
      view.focus()
    },
    focus: () => view.focus(),
    currentLine: () => view.state.doc.lineAt(view.state.selection.main.head).number,
    compare(original: string | null, words: CompareWords): void {
      view.dispatch({ effects: comparing.reconfigure(original === null ? [] : compareWith(original, !readOnly, words)) })
    },
    diagnose: (diagnostics: readonly Diagnostic[]) => showDiagnostics(view, diagnostics),
    cover: (coverage: FileCoverage | null, words: CoverageWords) => showCoverage(view, coverage, words),
    comment: (comments: readonly LineComment[]) => showComments(view, comments),
    remember: (): unknown => view.state.toJSON({ history: historyField }),
    destroy: () => view.destroy(),
  }
}

/** What was typed before can still be undone when the file is as it was left. */
const stateOf = (text: string, remembered: unknown, extensions: Extension): EditorState => {
  const same = typeof remembered === 'object' && remembered !== null && 'doc' in remembered && remembered.doc === text
  return same ? EditorState.fromJSON(remembered, { extensions }, { history: historyField }) : EditorState.create({ doc: text, extensions })
}
