import { Skeleton } from '@mantine/core'
import type { ReactNode } from 'react'
import { ProblemNote } from '../../parts/problem-note.tsx'
import { ConflictNote } from '../drafts/conflict-note.tsx'
import { SaveStateLine } from '../drafts/save-state.tsx'
import { useFormWords } from '../words/form-words.ts'
import type { DataFile } from './use-data-file.ts'

export interface FormSectionProps {
  readonly title: string
  readonly text: string
  readonly path: string
  readonly file: DataFile
  readonly editable: boolean
  readonly onOpen: (path: string) => void
  readonly children: ReactNode
}

/** One group of common changes, with the file that it writes: it can be opened, and it is shown. */
export const FormSection = ({ title, text, path, file, editable, onOpen, children }: FormSectionProps) => {
  const words = useFormWords()
  if (!file.there) return null
  return (
    <fieldset className="group form-section" disabled={!editable}>
      <legend>{title}</legend>
      <p className="quiet">{text}</p>
      <ProblemNote error={file.error} onRetry={file.retry} />
      {file.state?.phase === 'conflict' ? (
        <ConflictNote
          theirs={file.state.theirs}
          typedMs={file.state.typedMs}
          onMine={() => void file.settle('mine')}
          onTheirs={() => void file.settle('theirs')}
        />
      ) : null}
      {file.text === null ? (
        <Skeleton height={80} />
      ) : file.document === null ? (
        <p className="danger">{words.noDocument(path)}</p>
      ) : (
        children
      )}
      <details>
        <summary>{words.shows(path)}</summary>
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a long text that scrolls must be reachable without a pointer */}
        <pre className="output" tabIndex={0} role="region" aria-label={words.shows(path)}>
          {file.text}
        </pre>
        <button type="button" className="plain-button" onClick={() => onOpen(path)}>
          {words.openFile}
        </button>
      </details>
      {file.state === null || !editable ? null : <SaveStateLine state={file.state} />}
    </fieldset>
  )
}
