import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useEffectEvent, useMemo, useState } from 'react'
import type { Draft, DraftFile, FileWritten } from '../../../../gateway/http-api/contract/policy-drafts.ts'
import { isProblem, problemOf } from '../../api/problem-error.ts'
import { useMe } from '../../parts/me-context.tsx'
import { usePolicyApi } from '../use-policy-api.ts'
import { createFileSaver } from './create-file-saver.ts'
import type { FileSaver, SaveState } from './create-file-saver.ts'
import { createUnsavedTexts } from './unsaved-texts.ts'
import { useSaveOnLeaving } from './use-save-on-leaving.ts'

const pauseMs = 600

const nowMs = (): number => Date.now()

const later = (act: () => void, afterMs: number): (() => void) => {
  const timer = setTimeout(act, afterMs)
  return () => clearTimeout(timer)
}

/** The refusal of a stale save carries what stands there now. */
const conflictOf = (error: unknown): DraftFile | null | undefined => {
  if (!isProblem(error, 'stale_version')) return undefined
  const { current } = problemOf(error) as { current?: DraftFile | null }
  return current ?? null
}

/** The gateway did not answer, or had too much to do; a refusal stays one. */
const isPassing = (error: unknown): boolean => {
  const { status, code } = problemOf(error)
  return code === 'unreachable' || status >= 500 || status === 429
}

export interface OpenFile {
  readonly path: string
  /** As it was when it was opened, or taken over from somebody else. */
  readonly text: string
  readonly state: SaveState
  readonly saver: FileSaver
}

/** One file of a draft, open for editing: loaded, saved as somebody types, and followed when somebody else saves it. */
export const useDraftFile = (draft: Draft, path: string | null, onTaken: (file: DraftFile) => void) => {
  const api = usePolicyApi()
  const queries = useQueryClient()
  const [open, setOpen] = useState<OpenFile | null>(null)
  const [failure, setFailure] = useState<{ readonly error: unknown; readonly of: string } | null>(null)
  const [tries, setTries] = useState(0)
  const { id } = draft
  const me = useMe().id
  const unsavedTexts = useMemo(() => createUnsavedTexts(localStorage, me, nowMs), [me])
  const taken = useEffectEvent(onTaken)

  useEffect(() => {
    if (path === null) return undefined
    let gone = false
    let saver: FileSaver | null = null
    const put = async (text: string, version: number): Promise<number> => {
      const written = await api.putFile(id, path, text, version)
      queries.setQueryData<Draft>(['policy', 'draft', id], (before) =>
        before === undefined ? before : withFile(before, path, written, text),
      )
      return written.version
    }
    const load = async (): Promise<void> => {
      const file = await api.file(id, path)
      if (gone) return
      const made = createFileSaver({
        file,
        unsaved: unsavedTexts.find(id, path) ?? undefined,
        put,
        conflictOf,
        isPassing,
        onUnsaved: (text) => void (text === null ? unsavedTexts.drop(id, path) : unsavedTexts.keep(id, path, text)),
        onState: (state) => (gone ? undefined : setOpen((before) => (before === null ? before : { ...before, state }))),
        pauseMs,
        later,
      })
      saver = made
      setOpen({ path, text: made.text(), state: made.state(), saver: made })
    }
    load().catch((error: unknown) => (gone ? undefined : setFailure({ error, of: `${tries} ${path}` })))
    return () => {
      gone = true
      void saver?.close()
      setOpen(null)
    }
  }, [api, id, path, queries, tries, unsavedTexts])
  useSaveOnLeaving(open?.saver)

  const newest = draft.files.find((file) => file.path === path)?.version
  useEffect(() => {
    if (open === null || newest === undefined || open.state.phase !== 'saved' || newest <= open.state.version) return undefined
    let gone = false
    void api.file(id, open.path).then((file) => {
      if (gone || open.saver.state().phase !== 'saved') return
      open.saver.takeOver(file)
      taken(file)
    })
    return () => {
      gone = true
    }
  }, [api, id, newest, open])

  const retry = useCallback(() => setTries((count) => count + 1), [])
  return { open: open?.path === path ? open : null, error: failure?.of === `${tries} ${path}` ? failure.error : null, retry }
}

/** The draft as it is after this save, before it is read again. */
const withFile = (draft: Draft, path: string, written: FileWritten, text: string): Draft => ({
  ...draft,
  version: Math.max(draft.version, written.draft_version),
  files: draft.files.map((file) =>
    file.path === path ? { ...file, version: written.version, sha256: written.sha256, bytes: new TextEncoder().encode(text).length } : file,
  ),
})
