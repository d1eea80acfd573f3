import { Button } from '@mantine/core'
import { useState } from 'react'
import type { Coverage, Diagnostic, TestResult } from '../../../../gateway/http-api/contract/policy-analysis.ts'
import { StateBadge } from '../../../look/state-badge.tsx'
import { formatPercent } from '../../../words/format.ts'
import { useLanguage } from '../../../words/language.tsx'
import { ProblemNote } from '../../parts/problem-note.tsx'
import type { AnalysisState } from '../drafts/use-analysis.ts'
import { useCheckWords } from '../words/check-words.ts'
import { formatStretches } from './format-stretches.ts'

export type GoTo = (path: string, line: number, column?: number) => void

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
        {analysis === undefined || stale ? null : <Verdict tests={analysis.tests} broken={analysis.coverage === null} />}
      </div>
      <ProblemNote error={error} onRetry={again} />
      {analysis === undefined ? null : (
        <>
          <Findings diagnostics={analysis.diagnostics} more={analysis.more_diagnostics} goTo={goTo} />
          <Tests tests={analysis.tests} goTo={goTo} />
          {analysis.coverage === null ? null : <CoverageList coverage={analysis.coverage} wanted={wanted} goTo={goTo} />}
          <p className="quiet">
            {words.took(`${new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(analysis.took_ms / 1000)} s`)}
          </p>
        </>
      )}
    </div>
  )
}

const Verdict = ({ tests, broken }: { readonly tests: readonly TestResult[]; readonly broken: boolean }) => {
  const words = useCheckWords()
  const failed = tests.filter(({ passed }) => !passed).length
  if (tests.length === 0 && broken) return <StateBadge look="bad" word={words.noTests} />
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

const Tests = ({ tests, goTo }: { readonly tests: readonly TestResult[]; readonly goTo: GoTo }) => {
  const words = useCheckWords()
  const [all, setAll] = useState(false)
  const failed = tests.filter(({ passed }) => !passed)
  const passed = tests.filter((test) => test.passed)
  if (tests.length === 0) return null
  return (
    <section>
      <h3>{words.tests}</h3>
      <ul className="plain-list tests">
        {[...failed, ...(all ? passed : [])].map((test) => (
          <li key={`${test.path} ${test.name}`}>
            <StateBadge look={test.passed ? 'good' : 'bad'} word={test.passed ? words.passed : words.failed} />
            <button type="button" className="plain-button mono" onClick={() => goTo(test.path, test.line)}>
              {test.name.split('.').at(-1)}
            </button>
            {test.output === '' ? null : (
              // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a long text that scrolls must be reachable without a pointer
              <pre className="output" tabIndex={0} role="region" aria-label={words.outputOf(test.name)}>
                {test.output}
              </pre>
            )}
          </li>
        ))}
      </ul>
      {all || passed.length === 0 ? null : (
        <Button variant="outline" mt="sm" onClick={() => setAll(true)}>
          {words.showPassed(passed.length)}
        </Button>
      )}
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
