import type { RevisionDetail } from '../../../../gateway/http-api/contract/policy-revisions.ts'
import { StateBadge } from '../../../look/state-badge.tsx'
import { formatPercent } from '../../../words/format.ts'
import { useLanguage } from '../../../words/language.tsx'
import type { GoTo } from '../pane/test-list.tsx'
import { useCheckWords } from '../words/check-words.ts'
import { usePolicyWords } from '../words/policy-words.ts'

/** What check and tests said of exactly this revision when it was submitted. */
export const ResultsPane = ({ revision, goTo }: { readonly revision: RevisionDetail; readonly goTo: GoTo }) => {
  const words = useCheckWords()
  const policy = usePolicyWords()
  const { language } = useLanguage()
  const { results, tests } = revision
  return (
    <div className="stack">
      <StateBadge look={tests.failed === 0 ? 'good' : 'bad'} word={policy.testsLine(tests.passed, tests.failed)} />
      <p>{policy.coverageLine(formatPercent(language, revision.coverage_percent))}</p>
      {results === null ? null : (
        <>
          {results.check.ok ? null : <pre className="output">{results.check.output}</pre>}
          <ul className="plain-list tests">
            {results.tests.failures.map(({ name, path, line, output }) => (
              <li key={`${path} ${name}`}>
                <StateBadge look="bad" word={words.failed} />
                <button type="button" className="plain-button mono" onClick={() => goTo(path, line)}>
                  {name}
                </button>
                {output === '' ? null : <pre className="output">{output}</pre>}
              </li>
            ))}
          </ul>
          {results.tests.output === '' ? null : <pre className="output">{results.tests.output}</pre>}
        </>
      )}
    </div>
  )
}
