import { Button, Textarea } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useLocation } from 'wouter'
import type { PolicyStatus } from '../../../../gateway/http-api/contract/policy-activation.ts'
import type { Draft } from '../../../../gateway/http-api/contract/policy-drafts.ts'
import { StateBadge } from '../../../look/state-badge.tsx'
import { formatPercent } from '../../../words/format.ts'
import { useLanguage } from '../../../words/language.tsx'
import { useMe } from '../../parts/me-context.tsx'
import { canEditPolicy } from '../../parts/roles.ts'
import type { AnalysisState } from '../drafts/use-analysis.ts'
import { usePolicyApi } from '../use-policy-api.ts'
import { useReviewWords } from '../words/review-words.ts'
import { PolicyProblem } from './policy-problem.tsx'
import { saysOfText } from './says-of-text.ts'
import { ShadowButton } from './shadow-button.tsx'

/** Makes a revision of the draft, for somebody else to review. */
export const SubmitPane = ({
  draft,
  state,
  status,
}: {
  readonly draft: Draft
  readonly state: AnalysisState
  readonly status: PolicyStatus | undefined
}) => {
  const words = useReviewWords()
  const api = usePolicyApi()
  const queries = useQueryClient()
  const me = useMe()
  const [, navigate] = useLocation()
  const [comment, setComment] = useState('')
  const submit = useMutation({
    mutationFn: () => api.submit(draft.id, comment.trim(), draft.version),
    onSuccess: async ({ revision }) => {
      await queries.invalidateQueries({ queryKey: ['policy', 'revisions'] })
      navigate(`/policy/revisions/${revision}`)
    },
  })
  if (!canEditPolicy(me)) return <p className="quiet">{words.readerOnly}</p>
  return (
    <div className="stack">
      <p>{words.submitIntro}</p>
      <Readiness state={state} wanted={status?.settings.coverage_percent ?? null} />
      <Textarea
        label={words.comment}
        description={words.commentHint}
        maxLength={500}
        value={comment}
        onChange={(event) => setComment(event.currentTarget.value)}
      />
      <PolicyProblem error={submit.error} />
      <Button disabled={comment.trim().length < 3} loading={submit.isPending} onClick={() => submit.mutate()}>
        {words.submit}
      </Button>
      <ShadowButton target={{ draft: draft.id }} canary={status?.canary ?? null} />
    </div>
  )
}

/** Whether what stands there now could be activated. */
const Readiness = ({ state: { analysis, stale }, wanted }: { readonly state: AnalysisState; readonly wanted: number | null }) => {
  const words = useReviewWords()
  const { language } = useLanguage()
  if (analysis === undefined || stale) return <StateBadge look="waiting" word={words.checksOpen} />
  const errors = analysis.diagnostics.filter((one) => one.severity === 'error' && saysOfText(one)).length
  const failed = analysis.tests.filter(({ passed }) => !passed).length
  if (errors + failed > 0) return <StateBadge look="bad" word={words.checksBad(failed, errors)} />
  const reached = analysis.coverage?.decision_percent ?? 0
  return wanted !== null && reached < wanted ? (
    <StateBadge look="bad" word={words.coverageLow(formatPercent(language, reached), formatPercent(language, wanted))} />
  ) : (
    <StateBadge look="good" word={words.checksGood} />
  )
}
