import { Button } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'wouter'
import type { PolicyStatus } from '../../../../gateway/http-api/contract/policy-activation.ts'
import { ExactTime } from '../../../look/exact-time.tsx'
import { StateBadge } from '../../../look/state-badge.tsx'
import { useMe } from '../../parts/me-context.tsx'
import { canEditPolicy } from '../../parts/roles.ts'
import { shortOf } from '../parts/short-digest.tsx'
import { usePolicyWords } from '../words/policy-words.ts'
import { useReviewWords } from '../words/review-words.ts'
import { RollBackDialog } from './roll-back-dialog.tsx'

/** Which revision decides, since when and through whom; one press leads back to the one before. */
export const ActiveCard = ({ status }: { readonly status: PolicyStatus }) => {
  const words = usePolicyWords()
  const review = useReviewWords()
  const me = useMe()
  const [back, setBack] = useState(false)
  const [note, setNote] = useState<string | null>(null)
  const { active, predecessor, alone } = status
  if (active === null) {
    return (
      <div className="card now" data-tone="danger">
        <div className="grow">
          <StateBadge look="bad" word={words.nothingDecides} size={26} />
          <p>{words.nothingDecidesText}</p>
        </div>
      </div>
    )
  }
  // Of the copy beside the database alone neither name nor comment is known.
  const throughWhom = active.by !== null ? words.by(active.by.name) : active.comment === '' ? words.byUnknown : words.fromStart
  return (
    <div className="card now policy-now" data-tone="primary">
      <div className="grow">
        <StateBadge look="good" word={words.decidesNow} size={26} />
        <p className="lead">
          <Link href={`/policy/revisions/${active.revision}`}>{review.revision(shortOf(active.revision))}</Link>, {words.since}{' '}
          <ExactTime at={active.since_ms} />
        </p>
        {active.comment === '' ? null : <blockquote className="comment">{active.comment}</blockquote>}
        <p className="quiet">
          {words.number(active.sequence)}, {throughWhom}
        </p>
        <div role="status">{note}</div>
      </div>
      {canEditPolicy(me) && predecessor !== null ? (
        <Button variant="outline" onClick={() => setBack(true)}>
          {words.rollBack}
        </Button>
      ) : null}
      {back && predecessor !== null ? (
        <RollBackDialog
          to={predecessor}
          active={active.revision}
          far={predecessor !== alone}
          onClose={() => setBack(false)}
          onDone={(text) => {
            setBack(false)
            setNote(text)
          }}
        />
      ) : null}
    </div>
  )
}
