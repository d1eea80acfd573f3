import { Button } from '@mantine/core'
import { IconFilePlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useCallback, useMemo, useRef, useState } from 'react'
import type { Draft, DraftFile } from '../../../../gateway/http-api/contract/policy-drafts.ts'
import { ProblemNote } from '../../parts/problem-note.tsx'
import { useMe } from '../../parts/me-context.tsx'
import { canEditPolicy } from '../../parts/roles.ts'
import type { CodeEditorHandle } from '../editor/code-editor.tsx'
import { knowledgeOf, nothingKnown } from '../editor/policy-knowledge.ts'
import { DataForm } from '../form/data-form.tsx'
import { ChecksPane } from '../pane/checks-pane.tsx'
import { firstTrial, TryPane } from '../pane/try-pane.tsx'
import { AskPane } from '../pane/ask-pane.tsx'
import { ImpactPane } from '../pane/impact-pane.tsx'
import { MatrixPane } from '../pane/matrix-pane.tsx'
import { ReplayPane } from '../pane/replay-pane.tsx'
import { SubmitPane } from '../pane/submit-pane.tsx'
import { BenchLayout } from '../parts/bench-layout.tsx'
import type { BenchPart } from '../parts/bench-layout.tsx'
import { FileTree, formPath } from '../parts/file-tree.tsx'
import { PaneNav, paneOf } from '../parts/pane-nav.tsx'
import type { PaneName } from '../parts/pane-nav.tsx'
import { useActiveFiles } from '../use-active-files.ts'
import { useBenchAddress } from '../use-bench-address.ts'
import { usePolicyApi } from '../use-policy-api.ts'
import { useBenchWords } from '../words/bench-words.ts'
import { changedFiles } from './changed-files.ts'
import { DraftText } from './draft-text.tsx'
import { DeleteFileDialog, PathDialog } from './file-dialogs.tsx'
import { useAnalysis } from './use-analysis.ts'
import { useDraftFile } from './use-draft-file.ts'
import { usePresence } from './use-presence.ts'

const offered: readonly PaneName[] = ['checks', 'try', 'matrix', 'replay', 'impact', 'ask', 'submit']

/** A draft on the bench: its files, the open one, and what it would do. */
export const DraftBench = ({ draft }: { readonly draft: Draft }) => {
  const words = useBenchWords()
  const api = usePolicyApi()
  const me = useMe()
  const editable = canEditPolicy(me)
  const { file, pane: named, wide, set } = useBenchAddress()
  const pane = paneOf(named, offered)
  const path = file === formPath ? null : file
  const [part, setPart] = useState<BenchPart>('text')
  const [dialog, setDialog] = useState<'new' | 'rename' | 'delete' | null>(null)
  const [goal, setGoal] = useState<{ readonly path: string; readonly line: number; readonly column: number } | null>(null)
  const [taken, setTaken] = useState<string | null>(null)
  const [trial, setTrial] = useState(firstTrial)
  const [asked, setAsked] = useState(0)
  const editor = useRef<CodeEditorHandle | null>(null)
  const [memory] = useState(() => new Map<string, unknown>())
  const active = useActiveFiles()
  const analysisState = useAnalysis(draft)
  const { analysis } = analysisState
  const language = useQuery({ queryKey: ['language'], queryFn: () => api.language(), staleTime: Infinity })
  const onTaken = useCallback(
    (newest: DraftFile) => {
      editor.current?.replaceText(newest.text)
      setTaken(words.takenOver(newest.edited_by.name, newest.path))
    },
    [words],
  )
  const { open, error, retry } = useDraftFile(draft, path, onTaken)
  usePresence(draft.id, path, editable)
  const symbols = analysis?.symbols
  const knowledge = useMemo(
    () => (language.data === undefined ? nothingKnown : knowledgeOf(language.data, symbols ?? [])),
    [language.data, symbols],
  )
  const openFile = (next: string | null): void => {
    set({ file: next })
    setPart('text')
    setTaken(null)
  }
  const goTo = useCallback(
    (target: string, line: number, column = 1) => {
      set({ file: target })
      setPart('text')
      setGoal({ path: target, line, column })
    },
    [set],
  )
  const target = useMemo(() => ({ draft: draft.id }), [draft.id])
  const errors = useMemo(() => countErrors(analysis?.diagnostics ?? []), [analysis])
  const others = useMemo(() => whoIsWhere(draft, me.id), [draft, me.id])
  const changed = useMemo(() => changedFiles(draft.files, active.digests), [draft.files, active.digests])
  const here = draft.present.filter(({ person }) => person.id !== me.id).map(({ person }) => person.name)
  return (
    <>
      <div role="status" className="bench-note">
        {here.length === 0 && taken === null ? null : `${here.length > 0 ? words.presentNow(here.join(', ')) : ''} ${taken ?? ''}`}
      </div>
      <BenchLayout
        part={part}
        onPart={setPart}
        wide={wide}
        files={
          <FileTree files={draft.files} open={file} onOpen={openFile} errors={errors} others={others} changed={changed} form={editable}>
            {editable ? (
              <Button variant="outline" leftSection={<IconFilePlus size={20} aria-hidden="true" />} onClick={() => setDialog('new')}>
                {words.newFile}
              </Button>
            ) : null}
          </FileTree>
        }
        text={
          <>
            <ProblemNote error={error} onRetry={retry} />
            {file === formPath ? <DataForm draft={draft} onOpen={openFile} /> : null}
            {file === null ? <p className="bench-empty">{words.chooseFile}</p> : null}
            {open === null ? null : (
              <DraftText
                key={open.path}
                open={open}
                editable={editable}
                analysis={analysis}
                knowledge={knowledge}
                active={active.files === undefined ? undefined : (active.files[open.path] ?? null)}
                goal={goal?.path === open.path ? goal : null}
                editor={editor}
                memory={memory}
                onDefinition={(place) => goTo(place.path, place.line, place.column)}
                onEvaluate={(expression) => {
                  setTrial((before) => ({ ...before, expression }))
                  setAsked((count) => count + 1)
                  set({ pane: 'try' })
                }}
                onRename={() => setDialog('rename')}
                onDelete={() => setDialog('delete')}
                onGone={() => openFile(null)}
              />
            )}
          </>
        }
        pane={
          <>
            <PaneNav
              offered={offered}
              shown={pane}
              wide={wide}
              onShow={(next) => set({ pane: next })}
              onWide={(next) => set({ wide: next ? '1' : null })}
            />
            <div className="pane-body" key={pane}>
              {pane === 'checks' ? (
                <ChecksPane state={analysisState} wanted={active.status?.settings.coverage_percent ?? null} goTo={goTo} />
              ) : null}
              {pane === 'try' ? <TryPane draft={draft.id} path={path} trial={trial} onTrial={setTrial} asked={asked} goTo={goTo} /> : null}
              {pane === 'matrix' ? <MatrixPane target={target} version={draft.version} /> : null}
              {pane === 'replay' ? <ReplayPane target={target} version={draft.version} /> : null}
              {pane === 'impact' ? <ImpactPane target={target} version={draft.version} /> : null}
              {pane === 'ask' ? <AskPane target={target} /> : null}
              {pane === 'submit' ? <SubmitPane draft={draft} state={analysisState} status={active.status} /> : null}
            </div>
          </>
        }
      />
      {dialog === 'new' || (dialog === 'rename' && path !== null) ? (
        <PathDialog
          draft={draft}
          from={dialog === 'rename' ? path : null}
          onClose={() => setDialog(null)}
          onDone={(next) => {
            setDialog(null)
            openFile(next)
          }}
        />
      ) : null}
      {dialog === 'delete' && path !== null ? (
        <DeleteFileDialog
          draft={draft}
          path={path}
          onClose={() => setDialog(null)}
          onDone={() => {
            setDialog(null)
            openFile(null)
          }}
        />
      ) : null}
    </>
  )
}

const countErrors = (diagnostics: readonly { readonly path: string; readonly severity: string }[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const { path, severity } of diagnostics) if (severity === 'error') counts.set(path, (counts.get(path) ?? 0) + 1)
  return counts
}

const whoIsWhere = (draft: Draft, me: string): ReadonlyMap<string, readonly string[]> => {
  const names = new Map<string, string[]>()
  for (const { person, path } of draft.present) {
    if (path !== null && person.id !== me) names.set(path, [...(names.get(path) ?? []), person.name])
  }
  return names
}
