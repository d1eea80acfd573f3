import { Button, Skeleton, Textarea } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Dialog } from '../../../look/dialog.tsx'
import { usePortalWords } from '../../words/portal-words.ts'
import { ImpactList } from '../pane/impact-pane.tsx'
import { PolicyProblem } from '../pane/policy-problem.tsx'
import { shortOf } from '../parts/short-digest.tsx'
import { usePolicyApi } from '../use-policy-api.ts'
import { usePolicyWords } from '../words/policy-words.ts'
import { useReviewWords } from '../words/review-words.ts'

export interface RollBackDialogProps {
  readonly to: string
  readonly active: string
  /** Not what the newest activation took the place of: the gateway waits for a second person. */
  readonly far: boolean
  readonly onClose: () => void
  readonly onDone: (text: string) => void
}

/** The way back, with the same look at what it would end as the way forth. */
export const RollBackDialog = ({ to, active, far, onClose, onDone }: RollBackDialogProps) => {
  const words = usePolicyWords()
  const review = useReviewWords()
  const { close } = usePortalWords()
  const api = usePolicyApi()
  const queries = useQueryClient()
  const [comment, setComment] = useState('')
  const impact = useQuery({
    queryKey: ['impact', { revision: to }, 'roll back'],
    queryFn: () => api.impact({ revision: to }),
    gcTime: 0,
    staleTime: 0,
    retry: false,
  })
  const act = useMutation({
    mutationFn: () => api.rollBack({ expected_active: active, comment: comment.trim(), ...(far ? { to } : {}) }),
    onSuccess: async (answer) => {
      onDone('waiting' in answer ? words.waitsForSecond : words.rolledBack(answer.ended_sessions))
      await queries.invalidateQueries({ queryKey: ['policy'] })
    },
  })
  return (
    <Dialog opened size="lg" title={far ? words.rollBackTo(shortOf(to)) : words.rollBackTitle} closeLabel={close} onClose={onClose}>
      <div className="stack">
        <p>{far ? words.rollBackFar : words.rollBackText}</p>
        {impact.isPending ? <Skeleton height={120} /> : null}
        {impact.error === null ? null : <p className="quiet">{review.impactUnknown}</p>}
        {impact.data === undefined ? null : <ImpactList impact={impact.data} />}
        <Textarea
          label={words.comment}
          description={words.commentHint}
          maxLength={500}
          value={comment}
          onChange={(event) => setComment(event.currentTarget.value)}
        />
        <PolicyProblem error={act.error} />
        <Button color="danger" disabled={comment.trim().length < 3} loading={act.isPending} onClick={() => act.mutate()}>
          {words.rollBackTo(shortOf(to))}
        </Button>
      </div>
    </Dialog>
  )
}
