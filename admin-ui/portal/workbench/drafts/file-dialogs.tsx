import { Button, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Draft } from '../../../../gateway/http-api/contract/policy-drafts.ts'
import { policyPath } from '../../../../gateway/http-api/contract/policy-revisions.ts'
import { Dialog } from '../../../look/dialog.tsx'
import { ProblemNote } from '../../parts/problem-note.tsx'
import { usePortalWords } from '../../words/portal-words.ts'
import { beginningOf } from '../parts/group-files.ts'
import { usePolicyApi } from '../use-policy-api.ts'
import { useBenchWords } from '../words/bench-words.ts'

interface PathDialogProps {
  readonly draft: Draft
  /** The file that gets another path; null: a new one. */
  readonly from: string | null
  readonly onClose: () => void
  readonly onDone: (path: string) => void
}

/** Asks for a path: of a new file, or where a file goes. */
export const PathDialog = ({ draft, from, onClose, onDone }: PathDialogProps) => {
  const words = useBenchWords()
  const { close } = usePortalWords()
  const api = usePolicyApi()
  const queries = useQueryClient()
  const [path, setPath] = useState(from ?? 'rules/')
  const [tried, setTried] = useState(false)
  const taken = path !== from && draft.files.some((file) => file.path === path)
  const problem = policyPath.safeParse(path).success ? (taken ? words.pathTaken : null) : words.badPath
  const version = draft.files.find((file) => file.path === from)?.version ?? 0
  const act = useMutation({
    mutationFn: async () => {
      await (from === null ? api.putFile(draft.id, path, beginningOf(path), 0) : api.moveFile(draft.id, from, path, version))
      await queries.invalidateQueries({ queryKey: ['policy', 'draft', draft.id] })
    },
    onSuccess: () => onDone(path),
  })
  return (
    <Dialog opened title={from === null ? words.newFileTitle : words.renameFile} closeLabel={close} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          setTried(true)
          if (problem === null) act.mutate()
        }}
      >
        <TextInput
          data-autofocus
          label={words.newFileLabel}
          description={words.newFileHint}
          value={path}
          error={tried ? problem : null}
          onChange={(event) => setPath(event.currentTarget.value)}
        />
        <ProblemNote error={act.error} />
        <Button type="submit" loading={act.isPending}>
          {from === null ? words.create : words.renameFile}
        </Button>
      </form>
    </Dialog>
  )
}

/** Asks before a file leaves the draft. */
export const DeleteFileDialog = ({
  draft,
  path,
  onClose,
  onDone,
}: {
  readonly draft: Draft
  readonly path: string
  readonly onClose: () => void
  readonly onDone: () => void
}) => {
  const words = useBenchWords()
  const { close } = usePortalWords()
  const api = usePolicyApi()
  const queries = useQueryClient()
  const version = draft.files.find((file) => file.path === path)?.version ?? 0
  const act = useMutation({
    mutationFn: async () => {
      await api.deleteFile(draft.id, path, version)
      await queries.invalidateQueries({ queryKey: ['policy', 'draft', draft.id] })
    },
    onSuccess: onDone,
  })
  return (
    <Dialog opened title={words.deleteFile} closeLabel={close} onClose={onClose}>
      <div className="stack">
        <p>{words.deleteFileText(path)}</p>
        <ProblemNote error={act.error} />
        <Button color="danger" loading={act.isPending} onClick={() => act.mutate()}>
          {words.delete}
        </Button>
      </div>
    </Dialog>
  )
}
