import { Button, Textarea } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { PolicyStatus } from '../../../../gateway/http-api/contract/policy-activation.ts'
import type { RevisionDetail } from '../../../../gateway/http-api/contract/policy-revisions.ts'
import { useMe } from '../../parts/me-context.tsx'
import { PolicyProblem } from '../pane/policy-problem.tsx'
import { usePolicyApi } from '../use-policy-api.ts'
import { useReviewWords } from '../words/review-words.ts'

/** A yes or no of somebody else than the author. */
export const ReviewForm = ({ revision, status }: { readonly revision: RevisionDetail; readonly status: PolicyStatus | undefined }) => {
  const words = useReviewWords()
  const me = useMe()
  const api = usePolicyApi()
  const queries = useQueryClient()
  const [comment, setComment] = useState('')
  const review = useMutation({
    mutationFn: (verdict: 'approved' | 'rejected') =>
      api.review(revision.revision, { verdict, comment: comment.trim(), expected_active: status?.active?.revision ?? null }),
    onSuccess: async () => {
      setComment('')
      await queries.invalidateQueries({ queryKey: ['policy'] })
    },
  })
  return (
    <section>
      <h3>{words.yourReview}</h3>
      {revision.author?.id === me.id ? (
        <p>{words.own}</p>
      ) : (
        <div className="stack">
          <Textarea
            label={words.reason}
            description={words.reasonHint}
            maxLength={500}
            value={comment}
            onChange={(event) => setComment(event.currentTarget.value)}
          />
          <PolicyProblem error={review.error} />
          <div className="row">
            <Button
              disabled={comment.trim().length < 3 || status === undefined}
              loading={review.isPending}
              onClick={() => review.mutate('approved')}
            >
              {words.approve}
            </Button>
            <Button
              variant="outline"
              color="danger"
              disabled={comment.trim().length < 3 || status === undefined}
              loading={review.isPending}
              onClick={() => review.mutate('rejected')}
            >
              {words.reject}
            </Button>
          </div>
        </div>
      )}
    </section>
  )
}
