import { Button, Skeleton, Textarea } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { PolicyStatus } from '../../../../gateway/http-api/contract/policy-activation.ts'
import type { RevisionDetail } from '../../../../gateway/http-api/contract/policy-revisions.ts'
import { Dialog } from '../../../look/dialog.tsx'
import { StateBadge } from '../../../look/state-badge.tsx'
import { formatPercent } from '../../../words/format.ts'
import { useLanguage } from '../../../words/language.tsx'
import { isProblem } from '../../api/problem-error.ts'
import { usePortalWords } from '../../words/portal-words.ts'
import { ImpactList } from '../pane/impact-pane.tsx'
import { PolicyProblem } from '../pane/policy-problem.tsx'
import { shortOf } from '../parts/short-digest.tsx'
import { usePolicyApi } from '../use-policy-api.ts'
import { useReviewWords } from '../words/review-words.ts'
import { deniedShareOf } from './denied-share.ts'

/** The way to live: what it would end stands before the button. */
export const Activation = ({ revision, status }: { readonly revision: RevisionDetail; readonly status: PolicyStatus | undefined }) => {
  const words = useReviewWords()
  const [asking, setAsking] = useState(false)
  const [done, setDone] = useState<{ readonly sequence: number; readonly ended: number } | null>(null)
  const isActive = status?.active?.revision === revision.revision
  const approved = revision.state === 'approved' || revision.state === 'was_active' || status?.settings.four_eyes === false
  const onOther = revision.approved_on_top_of !== null && revision.approved_on_top_of !== status?.active?.revision
  return (
    <section>
      <h3>{words.activation}</h3>
      <div role="status">{done === null ? null : <StateBadge look="good" word={words.activated(done.sequence, done.ended)} />}</div>
      {isActive ? (
        <p>{words.isActive}</p>
      ) : approved ? (
        <>
          {onOther ? <p className="quiet">{words.otherTop}</p> : null}
          <Button onClick={() => setAsking(true)}>{words.toActivate}</Button>
        </>
      ) : (
        <p className="quiet">{words.notYet}</p>
      )}
      {asking && status !== undefined ? (
        <ActivationDialog
          revision={revision}
          status={status}
          onClose={() => setAsking(false)}
          onDone={(result) => {
            setAsking(false)
            setDone(result)
          }}
        />
      ) : null}
    </section>
  )
}

interface ActivationDialogProps {
  readonly revision: RevisionDetail
  readonly status: PolicyStatus
  readonly onClose: () => void
  readonly onDone: (result: { readonly sequence: number; readonly ended: number }) => void
}

const ActivationDialog = ({ revision, status, onClose, onDone }: ActivationDialogProps) => {
  const words = useReviewWords()
  const { close } = usePortalWords()
  const { language } = useLanguage()
  const api = usePolicyApi()
  const queries = useQueryClient()
  const { revision: digest } = revision
  const [comment, setComment] = useState('')
  const impact = useQuery({
    queryKey: ['impact', { revision: digest }, 'activation'],
    queryFn: () => api.impact({ revision: digest }),
    gcTime: 0,
    staleTime: 0,
    retry: false,
  })
  const activate = useMutation({
    mutationFn: (confirmDenied: number | null) =>
      api.activate(digest, {
        expected_active: status.active?.revision ?? null,
        comment: comment.trim(),
        ...(confirmDenied === null ? {} : { confirm_denied: confirmDenied }),
      }),
    onSuccess: async ({ sequence, ended_sessions }) => {
      onDone({ sequence, ended: ended_sessions })
      await queries.invalidateQueries({ queryKey: ['policy'] })
    },
  })
  const more = isProblem(activate.error, 'denies_more') ? deniedShareOf(activate.error) : null
  const ready = comment.trim().length >= 3 && !impact.isPending
  return (
    <Dialog opened size="lg" title={words.activateTitle(shortOf(digest))} closeLabel={close} onClose={onClose}>
      <div className="stack">
        <p>{words.activateText}</p>
        {impact.isPending ? <Skeleton height={160} /> : null}
        {impact.error === null ? null : <p className="danger">{words.impactUnknown}</p>}
        {impact.data === undefined ? null : <ImpactList impact={impact.data} />}
        <Textarea label={words.reason} maxLength={500} value={comment} onChange={(event) => setComment(event.currentTarget.value)} />
        {more === null ? (
          <PolicyProblem error={activate.error} />
        ) : (
          <p className="danger" role="alert">
            {words.deniesMore(formatPercent(language, more))}
          </p>
        )}
        {more === null ? (
          <Button disabled={!ready} loading={activate.isPending} onClick={() => activate.mutate(null)}>
            {words.activate}
          </Button>
        ) : (
          <Button color="danger" disabled={!ready} loading={activate.isPending} onClick={() => activate.mutate(more)}>
            {words.activateAnyway(formatPercent(language, more))}
          </Button>
        )}
      </div>
    </Dialog>
  )
}
