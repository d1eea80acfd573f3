import type { PolicyStatus } from '../../../../gateway/http-api/contract/policy-activation.ts'
import type { RevisionDetail } from '../../../../gateway/http-api/contract/policy-revisions.ts'
import { ExactTime } from '../../../look/exact-time.tsx'
import { StateBadge } from '../../../look/state-badge.tsx'
import { formatPercent } from '../../../words/format.ts'
import { useLanguage } from '../../../words/language.tsx'
import { useMe } from '../../parts/me-context.tsx'
import { canEditPolicy } from '../../parts/roles.ts'
import { ShadowButton } from '../pane/shadow-button.tsx'
import type { GoTo } from '../pane/test-list.tsx'
import { usePolicyWords } from '../words/policy-words.ts'
import { useReviewWords } from '../words/review-words.ts'
import { Activation } from './activation.tsx'
import { CommentList } from './comment-list.tsx'
import type { FileDifference } from './file-differences.ts'
import { ReviewForm } from './review-form.tsx'
import { revisionLooks } from './revision-looks.ts'

export interface ReviewPaneProps {
  readonly revision: RevisionDetail
  readonly status: PolicyStatus | undefined
  readonly differences: readonly FileDifference[]
  readonly file: string | null
  readonly lineOf: () => number
  readonly goTo: GoTo
}

/** Everything that a second person needs for a yes or no: who wrote what and why, what differs, what others said. */
export const ReviewPane = ({ revision, status, differences, file, lineOf, goTo }: ReviewPaneProps) => {
  const words = useReviewWords()
  const policy = usePolicyWords()
  const { language } = useLanguage()
  const me = useMe()
  const kinds = { new: words.fileNew, gone: words.fileGone, changed: words.fileChanged }
  const { look } = revisionLooks[revision.state]
  return (
    <div className="stack">
      <StateBadge look={look} word={policy.states[revision.state]} />
      <blockquote className="comment">{revision.comment}</blockquote>
      <p className="quiet">
        {revision.author?.name ?? policy.origins[revision.origin]}, <ExactTime at={revision.created_ms} />.{' '}
        {policy.testsLine(revision.tests.passed, revision.tests.failed)},{' '}
        {policy.coverageLine(formatPercent(language, revision.coverage_percent))}
      </p>
      <section>
        <h3>{words.whatChanges}</h3>
        {differences.length === 0 ? <p className="quiet">{words.noDifference}</p> : null}
        <ul className="names">
          {differences.map(({ path, kind }) => (
            <li key={path}>
              <button type="button" className="plain-button mono" onClick={() => goTo(path, 1)}>
                {path}
              </button>{' '}
              <span className="quiet">{kinds[kind]}</span>
            </li>
          ))}
        </ul>
      </section>
      <CommentList revision={revision} file={file} lineOf={lineOf} goTo={goTo} />
      <section>
        <h3>{words.reviews}</h3>
        {revision.reviews.length === 0 ? <p className="quiet">{words.noReviews}</p> : null}
        <ul className="plain-list">
          {revision.reviews.map(({ reviewer, verdict, comment, at_ms }) => (
            <li key={`${reviewer.id} ${at_ms}`} className="card">
              <StateBadge
                look={verdict === 'approved' ? 'good' : 'bad'}
                word={(verdict === 'approved' ? words.approvedBy : words.rejectedBy)(reviewer.name)}
              />
              <div>{comment}</div>
              <span className="quiet">
                <ExactTime at={at_ms} />
              </span>
            </li>
          ))}
        </ul>
      </section>
      {canEditPolicy(me) ? (
        <>
          {revision.state === 'active' ? null : <ReviewForm revision={revision} status={status} />}
          <Activation revision={revision} status={status} />
          {revision.state === 'active' ? null : <ShadowButton target={{ revision: revision.revision }} canary={status?.canary ?? null} />}
        </>
      ) : (
        <p className="quiet">{words.readerOnly}</p>
      )}
    </div>
  )
}
