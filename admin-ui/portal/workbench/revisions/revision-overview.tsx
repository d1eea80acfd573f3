import { useMemo } from 'react'
import type { RevisionDetail } from '../../../../gateway/http-api/contract/policy-revisions.ts'
import { ExactTime } from '../../../look/exact-time.tsx'
import { StateBadge } from '../../../look/state-badge.tsx'
import { formatBytes, formatPercent } from '../../../words/format.ts'
import { useLanguage } from '../../../words/language.tsx'
import { CopyText } from '../../parts/copy-text.tsx'
import { Facts } from '../../parts/facts.tsx'
import type { GoTo } from '../pane/test-list.tsx'
import { breakable } from '../parts/breakable.tsx'
import { ShortDigest } from '../parts/short-digest.tsx'
import { usePolicyWords } from '../words/policy-words.ts'
import { useReviewWords } from '../words/review-words.ts'
import { coveredPercent } from './covered-percent.ts'
import type { FileDifference } from './file-differences.ts'
import { revisionLooks } from './revision-looks.ts'

export interface RevisionOverviewProps {
  readonly revision: RevisionDetail
  /** Whether *Review* stands beside it, and says state and comment already. */
  readonly besideReview: boolean
  /** To what decides now. */
  readonly differences: readonly FileDifference[]
  readonly goTo: GoTo
}

/** What exactly this revision is: from whom, why, of which digest, what its tests reach, and what is in it. */
export const RevisionOverview = ({ revision, besideReview, differences, goTo }: RevisionOverviewProps) => {
  const words = useReviewWords()
  const policy = usePolicyWords()
  const { language } = useLanguage()
  const { look } = revisionLooks[revision.state]
  const { tests } = revision
  return (
    <div className="stack revision-overview">
      {besideReview ? null : <StateBadge look={look} word={policy.states[revision.state]} size={26} />}
      {besideReview || revision.comment === '' ? null : <blockquote className="comment">{revision.comment}</blockquote>}
      <Facts
        items={{
          [words.author]: revision.author?.name ?? policy.origins[revision.origin],
          [words.when]: <ExactTime at={revision.created_ms} />,
          [words.parent]: revision.parent === null ? '–' : <ShortDigest digest={revision.parent} />,
          [words.tests]: (
            <StateBadge
              look={tests.failed > 0 ? 'bad' : tests.passed > 0 ? 'good' : 'waiting'}
              word={policy.testsLine(tests.passed, tests.failed)}
            />
          ),
          [words.coverage]: policy.coverageLine(formatPercent(language, revision.coverage_percent)),
          [words.compiler]: revision.bundle.opa_version,
          [words.digest]: (
            <>
              <div className="mono digest-whole">{revision.revision}</div>
              <CopyText text={revision.revision} label={words.copyDigest} />
            </>
          ),
        }}
      />
      <Modules revision={revision} differences={differences} goTo={goTo} />
    </div>
  )
}

const Modules = ({ revision, differences, goTo }: Omit<RevisionOverviewProps, 'besideReview'>) => {
  const words = useReviewWords()
  const { language } = useLanguage()
  const kinds = { new: words.fileNew, gone: words.fileGone, changed: words.fileChanged }
  const changes = useMemo(() => new Map(differences.map(({ path, kind }) => [path, kind])), [differences])
  const coverage = revision.results?.coverage.files ?? {}
  const measured = revision.results !== null
  const reached = (path: string): string => {
    const percent = coverage[path] === undefined ? null : coveredPercent(coverage[path])
    return percent === null ? '–' : formatPercent(language, percent)
  }
  return (
    <section>
      <h3>{words.modules(revision.files.length)}</h3>
      <table className="figures">
        <thead>
          <tr>
            <th scope="col">{words.module}</th>
            <th scope="col">{words.againstActive}</th>
            <th scope="col">{words.size}</th>
            {measured ? <th scope="col">{words.coverage}</th> : null}
          </tr>
        </thead>
        <tbody>
          {revision.files.map(({ path, bytes }) => {
            const kind = changes.get(path)
            return (
              <tr key={path}>
                <th scope="row">
                  <button type="button" className="plain-button mono" onClick={() => goTo(path, 1)}>
                    {breakable(path)}
                  </button>
                </th>
                <td>{kind === undefined ? '–' : <strong>{kinds[kind]}</strong>}</td>
                <td className="numbers">{formatBytes(language, bytes)}</td>
                {measured ? <td className="numbers">{reached(path)}</td> : null}
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}
