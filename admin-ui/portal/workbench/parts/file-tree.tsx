import { IconCode, IconForms, IconListDetails, IconTestPipe } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import type { ReactNode } from 'react'
import { useTick } from '../../../look/use-tick.ts'
import { formatRelative } from '../../../words/format.ts'
import { useLanguage } from '../../../words/language.tsx'
import { useBenchWords } from '../words/bench-words.ts'
import type { BenchWords } from '../words/bench-words.ts'
import { breakable } from './breakable.tsx'
import { groupOf } from './group-files.ts'
import type { FileGroup } from './group-files.ts'

export interface TreeFile {
  readonly path: string
  readonly edited_by?: { readonly name: string }
  readonly edited_ms?: number
}

export interface FileTreeProps {
  readonly files: readonly TreeFile[]
  readonly open: string | null
  readonly onOpen: (path: string) => void
  /** Errors of each file that has some. */
  readonly errors: ReadonlyMap<string, number>
  /** Who else has which file open, by its path. */
  readonly others: ReadonlyMap<string, readonly string[]>
  /** Files that differ from what decides now. */
  readonly changed: ReadonlySet<string>
  /** The form for common changes stands above the files. */
  readonly form?: boolean
  /** What the whole is stands above the files. */
  readonly onOverview?: () => void
  readonly children?: ReactNode
}

const groups: readonly FileGroup[] = ['rules', 'tests', 'data']
const icons: Readonly<Record<FileGroup, ReactNode>> = {
  rules: <IconCode size={18} aria-hidden="true" />,
  tests: <IconTestPipe size={18} aria-hidden="true" />,
  data: <IconForms size={18} aria-hidden="true" />,
}
/** What the address calls the form. */
export const formPath = 'form'

/** The files of a draft or revision: what each is, who is in it, what is wrong with it. */
export const FileTree = ({ files, open, onOpen, errors, others, changed, form = false, onOverview, children }: FileTreeProps) => {
  const words = useBenchWords()
  return (
    <div className="tree">
      {onOverview === undefined ? null : (
        <button type="button" className="tree-file tree-form" aria-current={open === null ? 'true' : undefined} onClick={onOverview}>
          <IconListDetails size={20} aria-hidden="true" />
          {words.overview}
        </button>
      )}
      {form ? (
        <button
          type="button"
          className="tree-file tree-form"
          aria-current={open === formPath ? 'true' : undefined}
          onClick={() => onOpen(formPath)}
        >
          <IconForms size={20} aria-hidden="true" />
          <span>
            {words.form} <span className="quiet">{words.formHint}</span>
          </span>
        </button>
      ) : null}
      {groups.map((group) => {
        const inGroup = files.filter(({ path }) => groupOf(path) === group)
        return inGroup.length === 0 ? null : (
          <div key={group}>
            <h3 className="tree-group">
              {icons[group]}
              {words.groups[group]}
            </h3>
            <ul className="plain-list tree-list">
              {inGroup.map((file) => (
                <li key={file.path}>
                  <FileButton
                    file={file}
                    current={open === file.path}
                    onOpen={onOpen}
                    errors={errors.get(file.path) ?? 0}
                    others={others.get(file.path) ?? []}
                    changed={changed.has(file.path)}
                    words={words}
                  />
                </li>
              ))}
            </ul>
          </div>
        )
      })}
      {children}
    </div>
  )
}

interface FileButtonProps {
  readonly file: TreeFile
  readonly current: boolean
  readonly onOpen: (path: string) => void
  readonly errors: number
  readonly others: readonly string[]
  readonly changed: boolean
  readonly words: BenchWords
}

const FileButton = ({ file, current, onOpen, errors, others, changed, words }: FileButtonProps) => {
  const { language } = useLanguage()
  const now = useTick(60_000)
  const { path, edited_by, edited_ms } = file
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (current) button.current?.scrollIntoView({ block: 'nearest' })
  }, [current])
  const edited =
    edited_by === undefined || edited_ms === undefined
      ? undefined
      : words.editedBy(edited_by.name, formatRelative(language, edited_ms, now))
  return (
    <button
      ref={button}
      type="button"
      className="tree-file"
      aria-current={current ? 'true' : undefined}
      title={edited}
      onClick={() => onOpen(path)}
    >
      <span className="tree-name">{breakable(path)}</span>
      {changed ? <span className="tree-changed">{words.changed}</span> : null}
      {errors > 0 ? <span className="tree-errors">{words.errorsIn(errors)}</span> : null}
      {others.map((name) => (
        <span key={name} className="tree-other" title={words.here(name)}>
          <span aria-hidden="true">{initialsOf(name)}</span>
          <span className="visually-hidden">{words.here(name)}</span>
        </span>
      ))}
    </button>
  )
}

const initialsOf = (name: string): string =>
  name
    .split(' ')
    .map(([first = '']) => first)
    .join('')
    .slice(0, 2)
