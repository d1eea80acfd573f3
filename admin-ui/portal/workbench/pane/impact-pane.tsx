import { Skeleton } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import type { Impact, PolicyTarget } from '../../../../gateway/http-api/contract/policy-simulations.ts'
import { ExactTime } from '../../../look/exact-time.tsx'
import { StateBadge } from '../../../look/state-badge.tsx'
import { formatNumber, formatPercent } from '../../../words/format.ts'
import { useLanguage } from '../../../words/language.tsx'
import { DenialList } from '../../parts/denial-list.tsx'
import { ProblemNote } from '../../parts/problem-note.tsx'
import { usePolicyApi } from '../use-policy-api.ts'
import { useSimulationWords } from '../words/simulation-words.ts'
import { FollowsNote, useFollowed } from './use-as-of.tsx'

/** What an activation would do at this moment to what is open. */
export const ImpactPane = ({ target, version }: { readonly target: PolicyTarget; readonly version: number }) => {
  const words = useSimulationWords()
  const api = usePolicyApi()
  const { asOf, behind } = useFollowed(version)
  const impact = useQuery({
    queryKey: ['impact', target, asOf],
    queryFn: () => api.impact(target),
    placeholderData: keepPreviousData,
    staleTime: 0,
    retry: false,
  })
  return (
    <div className="stack">
      <p className="quiet">{words.impactIntro}</p>
      <FollowsNote behind={behind || impact.isPlaceholderData} />
      {impact.isPending ? <Skeleton height={240} /> : null}
      <ProblemNote error={impact.error} onRetry={() => void impact.refetch()} />
      {impact.data === undefined ? null : <ImpactList impact={impact.data} />}
    </div>
  )
}

/** The sessions that would end, by name, before any button; and what it means for what is usual. */
export const ImpactList = ({ impact }: { readonly impact: Impact }) => {
  const words = useSimulationWords()
  const { language } = useLanguage()
  const { sessions, texts, limits_changed, sessions_judged, decisions_last_day: day } = impact
  return (
    <div className="stack">
      <section>
        {sessions.length === 0 ? (
          <StateBadge look="good" word={words.endsNone} />
        ) : (
          <>
            <StateBadge look="bad" word={words.ends(sessions.length)} />
            <ul className="plain-list ended-list">
              {sessions.map(({ id, person, machine, since_ms, services, reasons }) => (
                <li key={id} className="card">
                  <div>
                    <Link href={`/sessions/${id}`}>{words.onMachine(person.name, machine.name)}</Link>
                    <span className="quiet">
                      {' '}
                      {services.join(', ')}, <ExactTime at={since_ms} />
                    </span>
                  </div>
                  <DenialList denials={reasons} texts={{ denials: texts }} />
                </li>
              ))}
            </ul>
          </>
        )}
        <p className="quiet">{words.judged(sessions_judged)}</p>
      </section>
      {limits_changed.length === 0 ? null : (
        <section>
          <StateBadge look="waiting" word={words.otherLimits(limits_changed.length)} />
          <ul className="names">
            {limits_changed.map(({ id, person, machine, service }) => (
              <li key={`${id} ${service}`}>
                <Link href={`/sessions/${id}`}>{words.onMachine(person.name, machine.name)}</Link>, {service}
              </li>
            ))}
          </ul>
        </section>
      )}
      <section>
        <h3>{words.lastDay}</h3>
        <p>
          {day.allowed === 0
            ? words.lastDayNone
            : words.lastDayText(
                formatNumber(language, day.would_be_denied),
                formatNumber(language, day.allowed),
                formatPercent(language, day.percent),
              )}
        </p>
      </section>
    </div>
  )
}
