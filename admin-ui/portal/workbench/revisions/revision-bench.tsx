import { Switch } from '@mantine/core'
import { useId, useMemo, useRef, useState } from 'react'
import type { RefObject } from 'react'
import type { RevisionDetail } from '../../../../gateway/http-api/contract/policy-revisions.ts'
import { ProblemNote } from '../../parts/problem-note.tsx'
import type { CodeEditorHandle } from '../editor/code-editor.tsx'
import { nothingKnown } from '../editor/policy-knowledge.ts'
import { AskPane } from '../pane/ask-pane.tsx'
import { ImpactPane } from '../pane/impact-pane.tsx'
import { MatrixPane } from '../pane/matrix-pane.tsx'
import { ReplayPane } from '../pane/replay-pane.tsx'
import { BenchLayout } from '../parts/bench-layout.tsx'
import type { BenchPart } from '../parts/bench-layout.tsx'
import { EditorKeys } from '../parts/editor-keys.tsx'
import { FileTree } from '../parts/file-tree.tsx'
import { LazyEditor } from '../parts/lazy-editor.tsx'
import { PaneNav, paneOf } from '../parts/pane-nav.tsx'
import type { PaneName } from '../parts/pane-nav.tsx'
import { useGoal } from '../parts/use-goal.ts'
import { useActiveFiles, useRevisionFiles } from '../use-active-files.ts'
import { useBenchAddress } from '../use-bench-address.ts'
import { useBenchWords } from '../words/bench-words.ts'
import { differencesOf } from './file-differences.ts'
import { ResultsPane } from './results-pane.tsx'
import { RevisionOverview } from './revision-overview.tsx'
import { ReviewPane } from './review-pane.tsx'

const offered: readonly PaneName[] = ['review', 'checks', 'matrix', 'replay', 'impact', 'ask']
const noFindings: readonly never[] = []

interface Goal {
  readonly path: string
  readonly line: number
  readonly column: number
}

/** A revision on the bench: nothing of it can be changed, everything can be asked. */
export const RevisionBench = ({ revision }: { readonly revision: RevisionDetail }) => {
  const { file, line: wanted, pane: named, wide, set } = useBenchAddress()
  const pane = paneOf(named, offered)
  const [part, setPart] = useState<BenchPart>(wanted === null ? 'pane' : 'text')
  const [goal, setGoal] = useState<Goal | null>(file === null || wanted === null ? null : { path: file, line: wanted, column: 1 })
  const editor = useRef<CodeEditorHandle | null>(null)
  const active = useActiveFiles()
  const own = useRevisionFiles(revision.revision)
  const differences = useMemo(
    () => (own.data === undefined || active.files === undefined ? [] : differencesOf(active.files, own.data.files)),
    [own.data, active.files],
  )
  const changed = useMemo(() => new Set(differences.map(({ path }) => path)), [differences])
  const target = useMemo(() => ({ revision: revision.revision }), [revision.revision])
  const openFile = (path: string): void => {
    set({ file: path })
    setPart('text')
  }
  const goTo = (path: string, line: number): void => {
    openFile(path)
    setGoal({ path, line, column: 1 })
  }
  const listed = useMemo(
    () => [...revision.files, ...differences.filter(({ kind }) => kind === 'gone').map(({ path }) => ({ path, bytes: 0 }))],
    [revision.files, differences],
  )
  return (
    <BenchLayout
      part={part}
      onPart={setPart}
      wide={wide}
      files={
        <FileTree
          files={listed}
          open={file}
          onOpen={openFile}
          errors={new Map()}
          others={new Map()}
          changed={changed}
          onOverview={() => {
            set({ file: null })
            setPart('text')
          }}
        />
      }
      text={
        <>
          <ProblemNote error={own.error} onRetry={() => void own.refetch()} />
          {file === null ? (
            <RevisionOverview revision={revision} besideReview={pane === 'review'} differences={differences} goTo={goTo} />
          ) : null}
          {file === null || own.data === undefined ? null : (
            <RevisionText
              key={file}
              path={file}
              text={own.data.files[file] ?? ''}
              active={active.files?.[file] ?? null}
              revision={revision}
              goal={goal?.path === file ? goal : null}
              editor={editor}
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
            {pane === 'review' ? (
              <ReviewPane
                revision={revision}
                status={active.status}
                differences={differences}
                file={file}
                lineOf={() => editor.current?.currentLine() ?? 1}
                goTo={goTo}
              />
            ) : null}
            {pane === 'checks' ? (
              <ResultsPane revision={revision} compiler={active.status !== undefined && active.status.compiler !== null} goTo={goTo} />
            ) : null}
            {pane === 'matrix' ? <MatrixPane target={target} version={0} /> : null}
            {pane === 'replay' ? <ReplayPane target={target} version={0} /> : null}
            {pane === 'impact' ? <ImpactPane target={target} version={0} /> : null}
            {pane === 'ask' ? <AskPane target={target} /> : null}
          </div>
        </>
      }
    />
  )
}

interface RevisionTextProps {
  readonly path: string
  readonly text: string
  readonly active: string | null
  readonly revision: RevisionDetail
  readonly goal: { readonly line: number; readonly column: number } | null
  readonly editor: RefObject<CodeEditorHandle | null>
}

const RevisionText = ({ path, text, active, revision, goal, editor }: RevisionTextProps) => {
  const words = useBenchWords()
  const hint = useId()
  const [comparing, setComparing] = useState(true)
  const [memory] = useState(() => new Map<string, unknown>())
  const differs = active !== text
  const comments = useMemo(
    () =>
      revision.comments
        .filter((one) => one.path === path)
        .map(({ line, author, text: said }) => ({ line, author: author.name, text: said })),
    [revision.comments, path],
  )
  const editorWords = useMemo(() => ({ covered: words.covered, notCovered: words.notCovered, takeBack: words.takeBack }), [words])
  const found = revision.results?.coverage.files[path]
  const coverage = useMemo(() => (found === undefined ? null : { ...found, percent: 0 }), [found])
  useGoal(goal, editor)
  return (
    <>
      <div className="text-head">
        <h2 className="mono text-path">{path}</h2>
        <span className="quiet">{words.readOnly}</span>
        <span className="grow" />
        <div className="checks compare">
          <Switch
            label={words.compare}
            title={words.compareHint}
            checked={comparing && differs}
            disabled={!differs || active === null}
            onChange={(event) => setComparing(event.currentTarget.checked)}
          />
        </div>
      </div>
      <div role="status" className="text-note">
        {active === null ? words.newInDraft : differs ? null : words.sameAsActive}
      </div>
      <LazyEditor
        path={path}
        text={text}
        label={words.fileLabel(path)}
        describedBy={hint}
        readOnly
        original={comparing && differs ? active : null}
        diagnostics={noFindings}
        coverage={coverage}
        comments={comments}
        words={editorWords}
        handle={editor}
        memory={memory}
        known={() => nothingKnown}
        onChange={() => undefined}
        onSave={() => undefined}
        onDefinition={() => undefined}
        onEvaluate={() => undefined}
      />
      <EditorKeys id={hint} />
    </>
  )
}
