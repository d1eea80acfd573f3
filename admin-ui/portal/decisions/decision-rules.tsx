import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import type { DecisionDetail, DecisionRules as Answer } from '../../../gateway/http-api/contract/administration.ts'
import { StateBadge } from '../../look/state-badge.tsx'
import { useApi } from '../api/api-context.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { usePortalWords } from '../words/portal-words.ts'

/** What each rule of the revision that decided said, and where it is written. */
export const DecisionRules = ({ decision }: { readonly decision: Pick<DecisionDetail, 'id'> }) => {
  const words = usePortalWords().decisions
  const api = useApi()
  const { id } = decision
  const rules = useQuery({ queryKey: ['decision-rules', id], queryFn: () => api.decisionRules(id) })
  return (
    <section>
      <h3>{words.rules}</h3>
      {rules.isPending ? <Skeleton height={160} /> : null}
      <ProblemNote error={rules.error} onRetry={() => void rules.refetch()} />
      {rules.data === undefined ? null : <Rules answer={rules.data} />}
    </section>
  )
}

const Rules = ({ answer: { revision, rules, kept, same } }: { readonly answer: Answer }) => {
  const words = usePortalWords().decisions
  if (!kept) return <p className="quiet">{words.rulesNotKept}</p>
  return (
    <>
      {same ? null : <p>{words.rulesDiffer}</p>}
      {rules === null || rules.length === 0 ? <p className="quiet">{words.rulesSilent}</p> : null}
      <ul className="decision-rules" aria-label={words.rules}>
        {rules
          ?.toSorted((a, b) => Number(a.satisfied) - Number(b.satisfied))
          .map(({ rule, satisfied, place }) => (
            <li key={rule}>
              <StateBadge look={satisfied ? 'good' : 'bad'} word={satisfied ? words.ruleMet : words.ruleNotMet} />
              {place === null ? (
                <span className="mono">{rule}</span>
              ) : (
                <Link
                  className="mono"
                  href={`/policy/revisions/${revision}?file=${encodeURIComponent(place.path)}&line=${place.line}`}
                  title={`${place.path}:${place.line}`}
                >
                  {rule}
                </Link>
              )}
            </li>
          ))}
      </ul>
    </>
  )
}
