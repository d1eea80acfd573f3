import { Button, Skeleton } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from 'wouter'
import type { PolicyCanary } from '../../../../gateway/http-api/contract/policy-activation.ts'
import { ExactTime } from '../../../look/exact-time.tsx'
import { StateBadge } from '../../../look/state-badge.tsx'
import { useTick } from '../../../look/use-tick.ts'
import { formatNumber, formatRelative } from '../../../words/format.ts'
import { useLanguage } from '../../../words/language.tsx'
import { useMe } from '../../parts/me-context.tsx'
import { ProblemNote } from '../../parts/problem-note.tsx'
import { canEditPolicy } from '../../parts/roles.ts'
import { usePortalWords } from '../../words/portal-words.ts'
import { PolicyProblem } from '../pane/policy-problem.tsx'
import { personOf } from '../parts/person-of.ts'
import { shortOf } from '../parts/short-digest.tsx'
import { usePolicyApi } from '../use-policy-api.ts'
import { usePolicyWords } from '../words/policy-words.ts'
import { useReviewWords } from '../words/review-words.ts'
import { useSimulationWords } from '../words/simulation-words.ts'

const everyMs = 3_000
const figures = ['evaluated', 'same', 'newly_allowed', 'newly_denied', 'changed_limits', 'errors', 'dropped'] as const

/** What a draft or revision that runs in the shadow would have answered otherwise, live. */
export const ShadowFigures = () => {
  const words = usePolicyWords()
  const me = useMe()
  const api = usePolicyApi()
  const queries = useQueryClient()
  const canary = useQuery({ queryKey: ['policy', 'canary'], queryFn: () => api.canary(), refetchInterval: everyMs })
  const end = useMutation({ mutationFn: () => api.endCanary(), onSuccess: () => queries.invalidateQueries({ queryKey: ['policy'] }) })
  if (canary.isPending) return <Skeleton height={240} />
  const running = canary.data?.canary ?? null
  return (
    <section aria-label={words.parts.shadow}>
      <ProblemNote error={canary.error} onRetry={() => void canary.refetch()} />
      {running === null ? (
        <div className="card empty">{words.shadowNone}</div>
      ) : (
        <>
          <Figures canary={running} />
          <PolicyProblem error={end.error} />
          {canEditPolicy(me) ? (
            <Button variant="outline" loading={end.isPending} onClick={() => end.mutate()}>
              {words.shadowEnd}
            </Button>
          ) : null}
        </>
      )}
    </section>
  )
}

const Figures = ({ canary }: { readonly canary: PolicyCanary }) => {
  const words = usePolicyWords()
  const review = useReviewWords()
  const { kinds } = useSimulationWords()
  const sentences = usePortalWords().decisions
  const { language } = useLanguage()
  const now = useTick(20_000)
  const { target, by, since_ms } = canary
  return (
    <div className="stack">
      <p>
        {target.draft === null ? (
          <Link href={`/policy/revisions/${target.revision}`}>{review.revision(shortOf(target.revision))}</Link>
        ) : (
          <Link href={`/policy/drafts/${target.draft}`}>{words.draft}</Link>
        )}
        . {words.shadowText} {words.shadowSince(by.name, formatRelative(language, since_ms, now))}
      </p>
      <dl className="counts">
        {figures.map((name) => (
          <div key={name} data-count={name} data-none={canary[name] === 0}>
            <dt>{words.shadowFigures[name]}</dt>
            <dd className="numbers">{formatNumber(language, canary[name])}</dd>
          </div>
        ))}
      </dl>
      {canary.examples.length === 0 ? null : (
        <section>
          <h2>{words.shadowExamples}</h2>
          <ul className="rows">
            {canary.examples.map((example) => (
              <li key={example.decision} className="card row-decision">
                <StateBadge
                  look={example.change === 'newly_allowed' ? 'waiting' : example.change === 'changed_limits' ? 'approved' : 'bad'}
                  word={example.change === 'error' ? kinds.errors : kinds[example.change]}
                />
                <Link href={`/decisions/${example.decision}`}>
                  {personOf({ person: { id: example.person.id, name: null } }, sentences.hiddenPerson)}:{' '}
                  {sentences.actionNames[example.action] ?? example.action},{' '}
                  {example.service === null ? example.device : sentences.on(example.service, example.device)}
                </Link>
                <span className="quiet">
                  <ExactTime at={example.at_ms} />
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  )
}
