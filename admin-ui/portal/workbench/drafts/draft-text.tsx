import { ActionIcon, Button, Switch } from '@mantine/core'
import { IconPencil, IconTrash } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useId, useMemo, useState } from 'react'
import type { RefObject } from 'react'
import type { Analysis, Diagnostic } from '../../../../gateway/http-api/contract/policy-analysis.ts'
import type { CodeEditorHandle } from '../editor/code-editor.tsx'
import type { Definition } from '../editor/describe-reference.ts'
import type { PolicyKnowledge } from '../editor/policy-knowledge.ts'
import { EditorKeys } from '../parts/editor-keys.tsx'
import { LazyEditor } from '../parts/lazy-editor.tsx'
import { useGoal } from '../parts/use-goal.ts'
import { usePolicyApi } from '../use-policy-api.ts'
import { useBenchWords } from '../words/bench-words.ts'
import { ConflictNote } from './conflict-note.tsx'
import { SaveStateLine } from './save-state.tsx'
import type { OpenFile } from './use-draft-file.ts'

export interface DraftTextProps {
  readonly open: OpenFile
  readonly editable: boolean
  readonly analysis: Analysis | undefined
  readonly knowledge: PolicyKnowledge
  /** Of what decides now; null: it has no such file; undefined: not read yet. */
  readonly active: string | null | undefined
  /** Where the cursor has to go, in this file. */
  readonly goal: { readonly line: number; readonly column: number } | null
  readonly editor: RefObject<CodeEditorHandle | null>
  readonly memory: Map<string, unknown>
  readonly onDefinition: (place: Definition) => void
  readonly onEvaluate: (expression: string) => void
  readonly onRename: () => void
  readonly onDelete: () => void
  readonly onGone: () => void
}

const noComments: readonly never[] = []
const nothing: readonly Diagnostic[] = []

/** One open file of a draft: what is saved, what stands against it, and its difference to what decides now. */
export const DraftText = (props: DraftTextProps) => {
  const { open, editable, analysis, knowledge, active, goal, editor, memory, onDefinition, onEvaluate } = props
  const words = useBenchWords()
  const api = usePolicyApi()
  const hint = useId()
  const [comparing, setComparing] = useState(false)
  const { path, saver, state } = open
  const format = useMutation({
    mutationFn: async () => {
      await saver.save()
      if (!path.endsWith('.rego') || saver.state().phase === 'conflict') return true
      const before = saver.text()
      const { text } = await api.format(path, before)
      // Whoever typed on meanwhile has the newer text.
      if (text !== null && saver.text() === before) editor.current?.replaceText(text)
      await saver.save()
      return text !== null
    },
  })
  const { diagnostics, coverage } = useFindings(analysis, path, state.phase === 'saved' ? state.version : null)
  useGoal(goal, editor)
  const editorWords = useMemo(() => ({ covered: words.covered, notCovered: words.notCovered, takeBack: words.takeBack }), [words])
  const conflict = state.phase === 'conflict' ? state : null
  const original = conflict === null ? (comparing ? (active ?? null) : null) : (conflict.theirs?.text ?? '')
  const settle = async (choice: 'mine' | 'theirs'): Promise<void> => {
    await saver.settle(choice)
    if (choice === 'mine') return
    if (conflict?.theirs === null) props.onGone()
    else editor.current?.replaceText(saver.text())
    editor.current?.focus()
  }
  return (
    <>
      <div className="text-head">
        <h2 className="mono text-path">{path}</h2>
        {editable ? <SaveStateLine state={state} /> : <span className="quiet">{words.readOnly}</span>}
        <span className="grow" />
        <div className="checks compare">
          <Switch
            label={words.compare}
            title={words.compareHint}
            checked={comparing}
            disabled={active === null || active === undefined || conflict !== null}
            onChange={(event) => setComparing(event.currentTarget.checked)}
          />
        </div>
        {editable ? (
          <>
            {path.endsWith('.rego') ? (
              <Button variant="subtle" size="compact-md" className="tool" loading={format.isPending} onClick={() => format.mutate()}>
                {words.format}
              </Button>
            ) : null}
            <ActionIcon aria-label={words.renameFile} title={words.renameFile} onClick={props.onRename}>
              <IconPencil size={22} aria-hidden="true" />
            </ActionIcon>
            <ActionIcon color="danger" aria-label={words.deleteFile} title={words.deleteFile} onClick={props.onDelete}>
              <IconTrash size={22} aria-hidden="true" />
            </ActionIcon>
          </>
        ) : null}
      </div>
      {conflict === null ? null : (
        <ConflictNote
          theirs={conflict.theirs}
          typedMs={conflict.typedMs}
          onMine={() => void settle('mine')}
          onTheirs={() => void settle('theirs')}
        />
      )}
      <div role="status" className="text-note">
        {format.data === false ? words.cannotFormat : null}
        {active === null ? words.newInDraft : null}
        {comparing && active === saver.text() ? words.sameAsActive : null}
      </div>
      <LazyEditor
        path={path}
        text={open.text}
        label={words.fileLabel(path)}
        describedBy={hint}
        readOnly={!editable}
        original={original}
        diagnostics={diagnostics}
        coverage={coverage}
        comments={noComments}
        words={editorWords}
        handle={editor}
        memory={memory}
        known={() => knowledge}
        onChange={(text) => saver.edit(text)}
        onSave={() => (editable ? format.mutate() : undefined)}
        onDefinition={onDefinition}
        onEvaluate={onEvaluate}
      />
      <EditorKeys id={hint} />
    </>
  )
}

/** What an analysis says of this file. While a newer text is on its way the older findings stay, moved along by the editor. */
const useFindings = (analysis: Analysis | undefined, path: string, version: number | null) => {
  const [last, setLast] = useState<Analysis | null>(null)
  const fits = analysis !== undefined && version !== null && analysis.versions[path] === version
  if (fits && last !== analysis) setLast(analysis)
  return useMemo(
    () => ({
      diagnostics: last === null ? nothing : last.diagnostics.filter((one) => one.path === path),
      coverage: last?.coverage?.files[path] ?? null,
    }),
    [last, path],
  )
}
