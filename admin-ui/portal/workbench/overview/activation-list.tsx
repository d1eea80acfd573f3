import { Button } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'wouter'
import type { PolicyStatus } from '../../../../gateway/http-api/contract/policy-activation.ts'
import { ExactTime } from '../../../look/exact-time.tsx'
import { ListFrame } from '../../parts/list-frame.tsx'
import { useMe } from '../../parts/me-context.tsx'
import { canEditPolicy } from '../../parts/roles.ts'
import { usePages } from '../../parts/use-pages.ts'
import { shortOf } from '../parts/short-digest.tsx'
import { usePolicyApi } from '../use-policy-api.ts'
import { usePolicyWords } from '../words/policy-words.ts'
import { useReviewWords } from '../words/review-words.ts'
import { KeptImpact } from './kept-impact.tsx'
import { RollBackDialog } from './roll-back-dialog.tsx'

const noFilters = {}

/** Which revision decided since when, and who wanted it: numbered, newest first. */
export const ActivationList = ({ status }: { readonly status: PolicyStatus | undefined }) => {
  const words = usePolicyWords()
  const review = useReviewWords()
  const me = useMe()
  const api = usePolicyApi()
  const [to, setTo] = useState<string | null>(null)
  const [note, setNote] = useState<string | null>(null)
  const { query, items } = usePages(['policy', 'activations'], noFilters, (page) => api.activations(page))
  const active = status?.active?.revision
  return (
    <>
      <div role="status">{note}</div>
      <ListFrame query={query} count={items.length} empty={<p>{words.activationsEmpty}</p>}>
        <ol className="rows" aria-label={words.parts.activations}>
          {items.map(({ sequence, revision, kind, by, approved_by, comment, at_ms, impact }) => (
            <li key={sequence} className="card row-activation">
              <strong className="numbers">{sequence}</strong>
              <div>
                {words.kinds[kind]}: <Link href={`/policy/revisions/${revision}`}>{review.revision(shortOf(revision))}</Link>
                {comment === '' ? null : <div>{comment}</div>}
                {impact === null ? null : <KeptImpact impact={impact} />}
              </div>
              <div className="quiet">
                {by === null ? words.fromStart : by.name}
                {approved_by === null ? '' : `, ${words.approvedBy(approved_by.name)}`}
                <div>
                  <ExactTime at={at_ms} />
                </div>
              </div>
              {canEditPolicy(me) && active !== undefined && revision !== active && revision !== status?.predecessor ? (
                <Button variant="subtle" onClick={() => setTo(revision)}>
                  {words.rollBackTo(shortOf(revision))}
                </Button>
              ) : (
                <span />
              )}
            </li>
          ))}
        </ol>
      </ListFrame>
      {to === null || active === undefined ? null : (
        <RollBackDialog
          to={to}
          active={active}
          far
          onClose={() => setTo(null)}
          onDone={(text) => {
            setTo(null)
            setNote(text)
          }}
        />
      )}
    </>
  )
}
