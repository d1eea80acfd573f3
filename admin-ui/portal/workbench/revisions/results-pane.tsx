import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { RevisionDetail } from '../../../../gateway/http-api/contract/policy-revisions.ts'
import { StateBadge } from '../../../look/state-badge.tsx'
import { formatPercent } from '../../../words/format.ts'
import { useLanguage } from '../../../words/language.tsx'
import { useMe } from '../../parts/me-context.tsx'
import { canEditPolicy } from '../../parts/roles.ts'
import { PolicyProblem } from '../pane/policy-problem.tsx'
import { TestList } from '../pane/test-list.tsx'
import type { GoTo } from '../pane/test-list.tsx'
import { usePolicyApi } from '../use-policy-api.ts'
import { useCheckWords } from '../words/check-words.ts'
import { usePolicyWords } from '../words/policy-words.ts'

export interface ResultsPaneProps {
  readonly revision: RevisionDetail
  /** Whether anything can run here. */
  readonly compiler: boolean
  readonly goTo: GoTo
}

/** What check and tests said of exactly this revision: every test with its result and time, what fails first. */
export const ResultsPane = ({ revision, compiler, goTo }: ResultsPaneProps) => {
  const policy = usePolicyWords()
  const { language } = useLanguage()
  const me = useMe()
  const { results, tests } = revision
  const look = tests.failed > 0 ? 'bad' : tests.passed > 0 ? 'good' : 'waiting'
  return (
    <div className="stack">
      <StateBadge look={look} word={results === null ? policy.testedBefore : policy.testsLine(tests.passed, tests.failed)} />
      {results === null ? null : <p>{policy.coverageLine(formatPercent(language, revision.coverage_percent))}</p>}
      {canEditPolicy(me) && compiler ? <TestAgain revision={revision.revision} /> : null}
      {results === null ? null : (
        <>
          {results.check.ok ? null : <pre className="output">{results.check.output}</pre>}
          {results.tests.output === '' ? null : <pre className="output">{results.tests.output}</pre>}
          <TestList tests={results.tests.all ?? results.tests.failures.map(asRan)} whole goTo={goTo} />
          {results.tests.all === null ? <p className="quiet">{policy.failuresAlone}</p> : null}
        </>
      )}
    </div>
  )
}

const asRan = (failure: NonNullable<RevisionDetail['results']>['tests']['failures'][number]) => ({
  ...failure,
  passed: false,
  duration_us: null,
})

const TestAgain = ({ revision }: { readonly revision: string }) => {
  const words = useCheckWords()
  const api = usePolicyApi()
  const queries = useQueryClient()
  const run = useMutation({
    mutationFn: () => api.testAgain(revision),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['policy'] }),
  })
  return (
    <div className="stack">
      <div>
        <Button variant="outline" loading={run.isPending} onClick={() => run.mutate()}>
          {words.testAgain}
        </Button>
      </div>
      <p className="quiet">{words.testAgainHint}</p>
      <PolicyProblem error={run.error} />
    </div>
  )
}
