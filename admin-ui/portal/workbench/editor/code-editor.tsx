import { useEffect, useImperativeHandle, useLayoutEffect, useRef } from 'react'
import type { Ref } from 'react'
import type { Diagnostic, FileCoverage } from '../../../../gateway/http-api/contract/policy-analysis.ts'
import { useLanguage } from '../../../words/language.tsx'
import { createEditor } from './create-editor.ts'
import type { Editor } from './create-editor.ts'
import type { EditorActs } from './editor-commands.ts'
import type { CoverageWords, LineComment } from './line-marks.ts'

export interface CodeEditorHandle {
  /** Exchanges the text, as a formatter does; can be undone. */
  replaceText(text: string): void
  goTo(line: number, column: number): void
  focus(): void
  /** The line of the cursor, from 1. */
  currentLine(): number
}

export interface CodeEditorProps extends EditorActs {
  readonly path: string
  /** As it is when the editor opens; another path or `revision` opens it anew. */
  readonly text: string
  readonly label: string
  readonly describedBy?: string
  readonly readOnly: boolean
  /** To compare with, or null. */
  readonly original: string | null
  readonly diagnostics: readonly Diagnostic[]
  readonly coverage: FileCoverage | null
  readonly comments: readonly LineComment[]
  readonly words: CoverageWords & { readonly takeBack: string }
  readonly onChange: (text: string) => void
  readonly handle: Ref<CodeEditorHandle>
  /** Where what can be undone is kept while another file is open. */
  readonly memory: Map<string, unknown>
}

/** CodeMirror in the page: what it shows follows the props, what is typed goes out. */
const CodeEditor = (props: CodeEditorProps) => {
  const { path, text, label, describedBy, readOnly, original, diagnostics, coverage, comments, words, handle, memory } = props
  const { language } = useLanguage()
  const place = useRef<HTMLDivElement>(null)
  const editor = useRef<Editor | null>(null)
  const latest = useRef(props)
  useLayoutEffect(() => {
    latest.current = props
  })
  useLayoutEffect(() => {
    if (place.current === null) return undefined
    const made = createEditor({
      parent: place.current,
      path,
      text,
      label,
      describedBy,
      readOnly,
      language,
      remembered: memory.get(path),
      acts: {
        known: () => latest.current.known(),
        onSave: () => latest.current.onSave(),
        onDefinition: (definition) => latest.current.onDefinition(definition),
        onEvaluate: (expression) => latest.current.onEvaluate(expression),
      },
      onChange: (changed) => latest.current.onChange(changed),
    })
    editor.current = made
    return () => {
      memory.set(path, made.remember())
      made.destroy()
      editor.current = null
    }
    // What it opens with; `text` later comes from the editor itself.
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- see above
  }, [path, readOnly, language, label])
  useImperativeHandle(
    handle,
    () => ({
      replaceText: (next) => editor.current?.replaceText(next),
      goTo: (line, column) => editor.current?.goTo(line, column),
      focus: () => editor.current?.focus(),
      currentLine: () => editor.current?.currentLine() ?? 1,
    }),
    [],
  )
  useEffect(() => editor.current?.compare(original, words), [original, words, path, readOnly, language, label])
  useEffect(() => editor.current?.diagnose(diagnostics), [diagnostics, path, readOnly, language, label])
  useEffect(() => editor.current?.cover(coverage, words), [coverage, words, path, readOnly, language, label])
  useEffect(() => editor.current?.comment(comments), [comments, original, path, readOnly, language, label])
  return <div ref={place} className="code-editor" />
}

export default CodeEditor
