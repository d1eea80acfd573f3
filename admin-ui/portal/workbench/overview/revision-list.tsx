import { Link } from 'wouter'
import { ExactTime } from '../../../look/exact-time.tsx'
import { StateBadge } from '../../../look/state-badge.tsx'
import { formatPercent } from '../../../words/format.ts'
import { useLanguage } from '../../../words/language.tsx'
import { ListFrame } from '../../parts/list-frame.tsx'
import { usePages } from '../../parts/use-pages.ts'
import { shortOf } from '../parts/short-digest.tsx'
import { revisionLooks } from '../revisions/revision-looks.ts'
import { usePolicyApi } from '../use-policy-api.ts'
import { usePolicyWords } from '../words/policy-words.ts'
import { useReviewWords } from '../words/review-words.ts'

const noFilters = {}

/** Everything that was submitted, newest first. */
export const RevisionList = () => {
  const words = usePolicyWords()
  const review = useReviewWords()
  const { language } = useLanguage()
  const api = usePolicyApi()
  const { query, items } = usePages(['policy', 'revisions'], noFilters, (page) => api.revisions(page))
  return (
    <ListFrame query={query} count={items.length} empty={<p>{words.revisionsEmpty}</p>}>
      <ul className="rows" aria-label={words.parts.revisions}>
        {items.map((revision) => (
          <li key={revision.revision} className="card row-revision">
            <StateBadge look={revisionLooks[revision.state].look} word={words.states[revision.state]} />
            <div>
              <Link href={`/policy/revisions/${revision.revision}`} className="row-title">
                {review.revision(shortOf(revision.revision))}
              </Link>
              <div>{revision.comment}</div>
            </div>
            <div className="quiet">
              {revision.author?.name ?? words.origins[revision.origin]}, <ExactTime at={revision.created_ms} />
              <div>
                {words.testsLine(revision.tests.passed, revision.tests.failed)},{' '}
                {words.coverageLine(formatPercent(language, revision.coverage_percent))}
              </div>
            </div>
          </li>
        ))}
      </ul>
    </ListFrame>
  )
}
