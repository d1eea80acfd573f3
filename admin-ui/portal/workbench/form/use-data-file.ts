import { useCallback, useMemo, useState } from 'react'
import type { Draft } from '../../../../gateway/http-api/contract/policy-drafts.ts'
import { useDraftFile } from '../drafts/use-draft-file.ts'
import { readDocument, writeValue } from './edit-document.ts'
import type { Json } from './edit-document.ts'

/** A data file of the draft as a document that a form reads and writes: the same file, saved in the same way, as in the editor. */
export const useDataFile = (draft: Draft, path: string) => {
  const there = draft.files.some((file) => file.path === path)
  const [text, setText] = useState<string | null>(null)
  const { open, error, retry } = useDraftFile(
    draft,
    there ? path : null,
    useCallback((file: { readonly text: string }) => setText(file.text), []),
  )
  const saver = open?.saver
  const [seen, setSeen] = useState(saver)
  if (saver !== seen) {
    setSeen(saver)
    setText(saver?.text() ?? null)
  }
  const document = useMemo(() => (text === null ? null : readDocument(text)), [text])
  const set = useCallback(
    (at: readonly string[], value: Json | undefined): void => {
      if (text === null || document === null || saver === undefined) return
      const next = writeValue(text, at, value)
      saver.edit(next)
      setText(next)
    },
    [text, document, saver],
  )
  const settle = async (choice: 'mine' | 'theirs'): Promise<void> => {
    await saver?.settle(choice)
    setText(saver?.text() ?? null)
  }
  return { there, text, document, state: open?.state ?? null, error, retry, set, settle }
}

export type DataFile = ReturnType<typeof useDataFile>
