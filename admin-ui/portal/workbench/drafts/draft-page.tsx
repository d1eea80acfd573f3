import { Button, Skeleton, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import type { Draft, Rebased } from '../../../../gateway/http-api/contract/policy-drafts.ts'
import { Dialog } from '../../../look/dialog.tsx'
import { useMe } from '../../parts/me-context.tsx'
import { Page } from '../../parts/page.tsx'
import { ProblemNote } from '../../parts/problem-note.tsx'
import { canEditPolicy } from '../../parts/roles.ts'
import { usePortalWords } from '../../words/portal-words.ts'
import { ShortDigest } from '../parts/short-digest.tsx'
import { usePolicyStatus } from '../use-active-files.ts'
import { usePolicyApi } from '../use-policy-api.ts'
import { useBenchWords } from '../words/bench-words.ts'
import { usePolicyWords } from '../words/policy-words.ts'
import { DraftBench } from './draft-bench.tsx'
import { RebaseNote } from './rebase-note.tsx'

/** One draft: what would this change do. */
export const DraftPage = ({ id }: { readonly id: string }) => {
  const words = usePolicyWords()
  const api = usePolicyApi()
  const draft = useQuery({ queryKey: ['policy', 'draft', id], queryFn: () => api.draft(id) })
  const above = (
    <Link href="/policy" className="back">
      {useBenchWords().back}
    </Link>
  )
  if (draft.data === undefined) {
    return (
      <Page title={words.draft} above={above}>
        {draft.isPending ? <Skeleton height={480} /> : <ProblemNote error={draft.error} onRetry={() => void draft.refetch()} />}
      </Page>
    )
  }
  return <Opened draft={draft.data} />
}

const Opened = ({ draft }: { readonly draft: Draft }) => {
  const words = usePolicyWords()
  const bench = useBenchWords()
  const me = useMe()
  const api = usePolicyApi()
  const queries = useQueryClient()
  const { data: status } = usePolicyStatus()
  const [dialog, setDialog] = useState<'rename' | 'delete' | null>(null)
  const [rebased, setRebased] = useState<Rebased | null>(null)
  const activeNow = status?.active?.revision ?? null
  const behind = activeNow !== null && draft.base !== activeNow
  const rebase = useMutation({
    mutationFn: () => api.rebase(draft.id, draft.version),
    onSuccess: async (result) => {
      setRebased(result)
      await queries.invalidateQueries({ queryKey: ['policy', 'draft', draft.id] })
    },
  })
  const editable = canEditPolicy(me)
  return (
    <Page
      title={draft.name}
      above={
        <Link href="/policy" className="back">
          {bench.back}
        </Link>
      }
      actions={
        editable ? (
          <div className="row">
            <Button variant="subtle" onClick={() => setDialog('rename')}>
              {words.renameDraft}
            </Button>
            <Button variant="subtle" color="danger" onClick={() => setDialog('delete')}>
              {words.deleteDraft}
            </Button>
          </div>
        ) : undefined
      }
    >
      {behind ? (
        <div className="behind" role="note">
          <span>
            {words.behind} {activeNow === null ? null : <ShortDigest digest={activeNow} />}
          </span>
          {editable ? (
            <Button variant="outline" loading={rebase.isPending} onClick={() => rebase.mutate()}>
              {words.rebase}
            </Button>
          ) : null}
        </div>
      ) : null}
      <ProblemNote error={rebase.error} />
      {rebased === null ? null : <RebaseNote rebased={rebased} onClose={() => setRebased(null)} />}
      <DraftBench draft={draft} />
      {dialog === 'rename' ? <RenameDialog draft={draft} onClose={() => setDialog(null)} /> : null}
      {dialog === 'delete' ? <DeleteDialog draft={draft} onClose={() => setDialog(null)} /> : null}
    </Page>
  )
}

const RenameDialog = ({ draft, onClose }: { readonly draft: Draft; readonly onClose: () => void }) => {
  const words = usePolicyWords()
  const { close, save } = usePortalWords()
  const api = usePolicyApi()
  const queries = useQueryClient()
  const [name, setName] = useState(draft.name)
  const act = useMutation({
    mutationFn: () => api.renameDraft(draft.id, name.trim(), draft.version),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['policy', 'draft', draft.id] })
      onClose()
    },
  })
  return (
    <Dialog opened title={words.renameDraft} closeLabel={close} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          act.mutate()
        }}
      >
        <TextInput
          data-autofocus
          label={words.draftName}
          value={name}
          maxLength={100}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <ProblemNote error={act.error} />
        <Button type="submit" disabled={name.trim() === ''} loading={act.isPending}>
          {save}
        </Button>
      </form>
    </Dialog>
  )
}

const DeleteDialog = ({ draft, onClose }: { readonly draft: Draft; readonly onClose: () => void }) => {
  const words = usePolicyWords()
  const { close } = usePortalWords()
  const api = usePolicyApi()
  const queries = useQueryClient()
  const [, navigate] = useLocation()
  const act = useMutation({
    mutationFn: () => api.deleteDraft(draft.id),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['policy', 'drafts'] })
      navigate('/policy')
    },
  })
  return (
    <Dialog opened title={words.deleteDraft} closeLabel={close} onClose={onClose}>
      <div className="stack">
        <p>{words.deleteDraftText(draft.name)}</p>
        <ProblemNote error={act.error} />
        <Button color="danger" loading={act.isPending} onClick={() => act.mutate()}>
          {words.deleteDraft}
        </Button>
      </div>
    </Dialog>
  )
}
