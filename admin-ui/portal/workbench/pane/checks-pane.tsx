import type { Analysis, Coverage, Diagnostic } from '../../../../gateway/http-api/contract/policy-analysis.ts'
import { StateBadge } from '../../../look/state-badge.tsx'
import { formatPercent } from '../../../words/format.ts'
import { useLanguage } from '../../../words/language.tsx'
import { ProblemNote } from '../../parts/problem-note.tsx'
import type { AnalysisState } from '../drafts/use-analysis.ts'
import { useCheckWords } from '../words/check-words.ts'
import { formatStretches } from './format-stretches.ts'
import { saysOfText } from './says-of-text.ts'
import { TestList } from './test-list.tsx'
import type { GoTo } from './test-list.tsx'

/** What the compiler, our checks and the tests say of the whole draft. */
export const ChecksPane = ({
  state: { analysis, error, stale, again },
  wanted,
  goTo,
}: {
  readonly state: AnalysisState
  /** The coverage of what decides that an activation needs, in percent. */
  readonly wanted: number | null
  readonly goTo: GoTo
}) => {
  const words = useCheckWords()
  const { language } = useLanguage()
  return (
    <div className="stack">
      <div role="status" className="pane-status">
        {stale ? <StateBadge look="waiting" word={analysis === undefined ? words.running : words.stale} /> : null}
        {analysis === undefined || stale ? null : <Verdict analysis={analysis} />}
      </div>
      <ProblemNote error={error} onRetry={again} />
      {analysis === undefined ? null : (
        <>
          <Findings diagnostics={analysis.diagnostics.filter(saysOfText)} more={analysis.more_diagnostics} goTo={goTo} />
          <Tests analysis={analysis} goTo={goTo} />
          {analysis.coverage === null ? null : <CoverageList coverage={analysis.coverage} wanted={wanted} goTo={goTo} />}
          <p className="quiet">
            {words.took(`${new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(analysis.took_ms / 1000)} s`)}
          </p>
        </>
      )}
    </div>
  )
}

const Verdict = ({ analysis: { diagnostics, tests, blocked_tests } }: { readonly analysis: Analysis }) => {
  const words = useCheckWords()
  const errors = diagnostics.filter((one) => one.severity === 'error' && saysOfText(one)).length
  const failed = tests.filter(({ passed }) => !passed).length
  if (errors > 0) return <StateBadge look="bad" word={words.refused(errors)} />
  if (blocked_tests > 0) return <StateBadge look="bad" word={words.blocked(blocked_tests)} />
  return failed === 0 ? (
    <StateBadge look="good" word={words.allGood(tests.length)} />
  ) : (
    <StateBadge look="bad" word={words.failing(failed, tests.length)} />
  )
}

const looks = { error: 'bad', warning: 'waiting', hint: 'approved' } as const

const Findings = ({
  diagnostics,
  more,
  goTo,
}: {
  readonly diagnostics: readonly Diagnostic[]
  readonly more: number
  readonly goTo: GoTo
}) => {
  const words = useCheckWords()
  return (
    <section>
      <h3>{words.findings}</h3>
      {diagnostics.length === 0 ? <p className="quiet">{words.noFindings}</p> : null}
      <ul className="plain-list findings">
        {diagnostics.map((one) => (
          <li key={`${one.path} ${one.line} ${one.column} ${one.code} ${one.message}`} className="finding">
            <StateBadge look={looks[one.severity]} word={words.severities[one.severity]} />
            <span>{one.message}</span>
            {one.path === '' ? (
              <span className="quiet">{words.wholePolicy}</span>
            ) : (
              <button type="button" className="plain-button" onClick={() => goTo(one.path, one.line, one.column)}>
                {words.place(one.path, one.line)}
              </button>
            )}
          </li>
        ))}
      </ul>
      {more > 0 ? <p className="quiet">{words.moreFindings(more)}</p> : null}
    </section>
  )
}

/** While the compiler refuses the text no test of it is judged, and none stands there as a failure. */
const Tests = ({ analysis: { tests, blocked_tests }, goTo }: { readonly analysis: Analysis; readonly goTo: GoTo }) => {
  const words = useCheckWords()
  if (tests.length === 0 && blocked_tests === 0) return null
  return (
    <section>
      <h3>{words.tests}</h3>
      {blocked_tests > 0 ? <p className="quiet">{words.blocked(blocked_tests)}</p> : <TestList tests={tests} whole={false} goTo={goTo} />}
    </section>
  )
}

const CoverageList = ({ coverage, wanted, goTo }: { readonly coverage: Coverage; readonly wanted: number | null; readonly goTo: GoTo }) => {
  const words = useCheckWords()
  const { language } = useLanguage()
  const gaps = Object.entries(coverage.files).filter(([, { not_covered }]) => not_covered.length > 0)
  const enough = wanted === null || coverage.decision_percent >= wanted
  return (
    <section>
      <h3>{words.coverage}</h3>
      <StateBadge look={enough ? 'good' : 'bad'} word={words.decisionCoverage(formatPercent(language, coverage.decision_percent))} />
      <p className="quiet">{words.wholeCoverage(formatPercent(language, coverage.percent))}</p>
      {wanted === null ? null : <p className="quiet">{words.coverageWanted(formatPercent(language, wanted))}</p>}
      {gaps.length === 0 ? null : (
        <table className="figures">
          <thead>
            <tr>
              <th scope="col">{words.coverageFile}</th>
              <th scope="col">{words.coverageLines}</th>
            </tr>
          </thead>
          <tbody>
            {gaps.map(([path, { not_covered }]) => (
              <tr key={path}>
                <th scope="row">
                  <button type="button" className="plain-button mono" onClick={() => goTo(path, not_covered[0]?.[0] ?? 1)}>
                    {path}
                  </button>
                </th>
                <td>{formatStretches(not_covered)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
