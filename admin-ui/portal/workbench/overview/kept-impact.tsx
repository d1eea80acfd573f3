import { Link } from 'wouter'
import type { ActivationImpact } from '../../../../gateway/http-api/contract/policy-revisions.ts'
import { formatNumber, formatPercent } from '../../../words/format.ts'
import { useLanguage } from '../../../words/language.tsx'
import { usePolicyWords } from '../words/policy-words.ts'
import { useSimulationWords } from '../words/simulation-words.ts'

/** What was known of an activation when it was carried out. */
export const KeptImpact = ({ impact }: { readonly impact: ActivationImpact }) => {
  const words = usePolicyWords()
  const simulated = useSimulationWords()
  const { language } = useLanguage()
  const { sessions, decisions_last_day: day } = impact
  const sentences = [
    sessions === null ? words.sessionsUntold : words.sessionsKept(sessions.ending, sessions.limits_changed, sessions.judged),
    ...(day === null
      ? []
      : [
          simulated.lastDayText(
            formatNumber(language, day.would_be_denied),
            formatNumber(language, day.allowed),
            formatPercent(language, day.percent),
          ),
        ]),
  ]
  if (sessions === null || sessions.named.length === 0) return <p className="quiet kept-impact">{sentences.join(' ')}</p>
  return (
    <details className="kept-impact">
      <summary>{sentences.join(' ')}</summary>
      <ul className="names">
        {sessions.named.map(({ id, person, machine, codes }) => (
          <li key={id}>
            <Link href={`/sessions/${id}`}>{simulated.onMachine(person.name, machine.name)}</Link>{' '}
            <span className="quiet mono">{codes.join(', ')}</span>
          </li>
        ))}
      </ul>
      {sessions.ending > sessions.named.length ? <p className="quiet">{words.andMore(sessions.ending - sessions.named.length)}</p> : null}
    </details>
  )
}
