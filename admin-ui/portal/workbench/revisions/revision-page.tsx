import { Button, Skeleton } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import { useMe } from '../../parts/me-context.tsx'
import { Page } from '../../parts/page.tsx'
import { ProblemNote } from '../../parts/problem-note.tsx'
import { canEditPolicy } from '../../parts/roles.ts'
import { shortOf } from '../parts/short-digest.tsx'
import { usePolicyApi } from '../use-policy-api.ts'
import { useBenchWords } from '../words/bench-words.ts'
import { usePolicyWords } from '../words/policy-words.ts'
import { useReviewWords } from '../words/review-words.ts'
import { RevisionBench } from './revision-bench.tsx'

/** One revision: what exactly is it, what would it do, and may it decide. */
export const RevisionPage = ({ digest }: { readonly digest: string }) => {
  const words = useReviewWords()
  const bench = useBenchWords()
  const policy = usePolicyWords()
  const api = usePolicyApi()
  const me = useMe()
  const [, navigate] = useLocation()
  const [error, setError] = useState<unknown>(null)
  const revision = useQuery({ queryKey: ['policy', 'revision', digest], queryFn: () => api.revision(digest) })
  const begin = useMutation({
    mutationFn: () => api.newDraft(words.revision(shortOf(digest)), digest),
    onSuccess: ({ id }) => navigate(`/policy/drafts/${id}`),
    onError: setError,
  })
  return (
    <Page
      title={words.revision(shortOf(digest))}
      above={
        <Link href="/policy?part=revisions" className="back">
          {bench.back}
        </Link>
      }
      actions={
        canEditPolicy(me) ? (
          <Button variant="outline" loading={begin.isPending} onClick={() => begin.mutate()}>
            {policy.draftFrom}
          </Button>
        ) : undefined
      }
    >
      <ProblemNote error={error} />
      {revision.isPending ? <Skeleton height={480} /> : null}
      <ProblemNote error={revision.error} onRetry={() => void revision.refetch()} />
      {revision.data === undefined ? null : <RevisionBench revision={revision.data} />}
    </Page>
  )
}
