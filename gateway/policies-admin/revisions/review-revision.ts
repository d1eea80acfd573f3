import { CodedError } from '../../basics/coded-error.ts'
import type { PersonId } from '../../basics/ids.ts'
import { administrator } from '../../ledger/event.ts'
import { demandActive, type PolicyRoom } from '../activation/policy-room.ts'
import type { RevisionStanding } from './revision-store.ts'
import { wroteIn, type LineComment, type Review } from './revision.ts'

export interface ReviewOrder {
  readonly revision: string
  readonly reviewer: PersonId
  readonly verdict: Review['verdict']
  readonly comment: string
  /** What is active on the reviewer's page. */
  readonly expectedActive: string | null
}

/**
 * What one person thinks of exactly this revision, on top of exactly what is active. The newest review counts.
 * @throws CodedError `revision_unknown`, `author_cannot_review`, `stale_version`
 */
export function reviewRevision(room: PolicyRoom, order: ReviewOrder): Promise<Review> {
  return room.inTurn(async () => {
    const { store, clock, organisation } = room.ports
    const { revision } = await demandRevision(room, order.revision)
    if (wroteIn(revision, order.reviewer)) {
      const message = 'You wrote in this revision. Somebody else of the security team has to review it.'
      throw new CodedError({ code: 'author_cannot_review', message, remedy: 'forbidden' })
    }
    demandActive(room, order.expectedActive)
    const { reviewer, verdict, comment } = order
    const review = { revision: order.revision, reviewer, verdict, onTopOf: order.expectedActive, comment, at: clock.nowMs() }
    await store.insertReview(review, organisation, [
      {
        log: { kind: 'o', organisation },
        type: 'policy.reviewed',
        session: null,
        actor: administrator(reviewer),
        detail: { revision: order.revision, verdict, on_top_of: order.expectedActive, comment },
      },
    ])
    room.tell({ what: 'reviewed', revision: order.revision, by: reviewer })
    return review
  })
}

/**
 * A word about a line of a file of this revision.
 * @throws CodedError `revision_unknown`, `line_unknown`
 */
export async function commentRevision(
  room: PolicyRoom,
  order: Pick<LineComment, 'revision' | 'path' | 'line' | 'author' | 'text'>,
): Promise<LineComment> {
  const { store, clock, random, organisation } = room.ports
  await demandRevision(room, order.revision)
  const text = (await store.bundleOf(order.revision))?.sources[order.path]
  if (text === undefined || order.line > text.split('\n').length)
    throw new CodedError({ code: 'line_unknown', message: 'There is no such line in this revision.', remedy: 'fix' })
  const comment = { ...order, id: `cmt_${random.hex(16)}`, at: clock.nowMs() }
  await store.insertComment(comment, organisation, [
    {
      log: { kind: 'o', organisation },
      type: 'policy.commented',
      session: null,
      actor: administrator(order.author),
      detail: { revision: order.revision, path: order.path, line: order.line, text: order.text },
    },
  ])
  room.tell({ what: 'commented', revision: order.revision, by: order.author })
  return comment
}

/** @throws CodedError `revision_unknown` */
export async function demandRevision(room: PolicyRoom, revision: string): Promise<RevisionStanding> {
  const found = await room.ports.store.findRevision(revision)
  if (found !== undefined) return found
  throw new CodedError({ code: 'revision_unknown', message: 'There is no such revision.', remedy: 'not_found' })
}
