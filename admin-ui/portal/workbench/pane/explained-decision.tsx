import type { ExplainedDecision, RuleAnswer } from '../../../../gateway/http-api/contract/policy-simulations.ts'
import { StateBadge } from '../../../look/state-badge.tsx'
import { DenialList } from '../../parts/denial-list.tsx'
import { ShortDigest } from '../parts/short-digest.tsx'
import { useSimulationWords } from '../words/simulation-words.ts'

/** The answer of one revision: allowed or every reason, and what each rule said. */
export const ExplainedAnswer = ({ title, decision }: { readonly title: string; readonly decision: ExplainedDecision }) => {
  const words = useSimulationWords()
  return (
    <div className="answer">
      <div className="row">
        <strong>{title}</strong>
        <ShortDigest digest={decision.revision} />
        <StateBadge look={decision.allow ? 'good' : 'bad'} word={decision.allow ? words.yes : words.no} />
      </div>
      {decision.denials.length === 0 ? null : <DenialList denials={decision.denials} texts={{ denials: decision.texts }} />}
      {decision.rules === null ? <p className="quiet">{words.notExplained}</p> : null}
    </div>
  )
}

/** What each rule said, before and after; rules that differ stand first. */
export const RuleTable = ({
  before,
  beforeTitle,
  after,
}: {
  readonly before: readonly RuleAnswer[] | null
  /** Above `before`; `Decides now` without it. */
  readonly beforeTitle?: string
  readonly after: readonly RuleAnswer[] | null
}) => {
  const words = useSimulationWords()
  if (after === null || after.length === 0) return null
  const earlier = new Map((before ?? []).map((answer) => [answer.rule, answer]))
  const differs = (rule: string, satisfied: boolean): boolean => before !== null && (earlier.get(rule)?.satisfied ?? null) !== satisfied
  const rows = after
    .map(({ rule, satisfied }) => ({ rule, satisfied, changed: differs(rule, satisfied) }))
    .toSorted((a, b) => Number(b.changed) - Number(a.changed) || Number(a.satisfied) - Number(b.satisfied))
  const word = (satisfied: boolean | undefined): string =>
    satisfied === undefined ? '–' : satisfied ? words.satisfied : words.notSatisfied
  return (
    <table className="figures rules">
      <thead>
        <tr>
          <th scope="col">{words.rule}</th>
          {before === null ? null : <th scope="col">{beforeTitle ?? words.before}</th>}
          <th scope="col">{before === null ? words.afterActive : words.after}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ rule, satisfied, changed }) => (
          <tr key={rule} data-changed={changed}>
            <th scope="row" className="mono">
              {rule}
            </th>
            {before === null ? null : <td>{word(earlier.get(rule)?.satisfied)}</td>}
            <td data-satisfied={satisfied}>{word(satisfied)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
