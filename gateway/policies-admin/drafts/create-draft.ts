import { CodedError } from '../../basics/coded-error.ts'
import type { PersonId } from '../../basics/ids.ts'
import { administrator } from '../../ledger/event.ts'
import { newDraftId } from './draft.ts'
import type { Draft } from './draft.ts'
import type { DraftRoom } from './draft-room.ts'

/** Kept at once; who wants another one deletes one that nobody needs. */
const mostDrafts = 100

/**
 * A draft with everything that is in a revision; without one named, in the active one. Where nothing is active it begins empty.
 * @throws CodedError `revision_unknown`, `too_many_drafts`, `policy_too_big`
 */
export async function createDraft(
  room: DraftRoom,
  order: { readonly name: string; readonly from: string | undefined; readonly by: PersonId },
): Promise<Draft> {
  const { store, revisions, organisation, clock, random } = room.ports
  const base = order.from ?? revisions.active()
  const sources = base === null ? {} : await revisions.sourcesOf(base)
  if (sources === undefined)
    throw new CodedError({ code: 'revision_unknown', message: 'There is no such revision to begin with.', remedy: 'not_found' })
  const now = clock.nowMs()
  const draft: Draft = {
    id: newDraftId(random),
    organisationId: organisation,
    name: order.name,
    base,
    createdBy: order.by,
    createdAt: now,
    changedBy: order.by,
    changedAt: now,
    version: 1,
  }
  await store.insert(draft, sources, mostDrafts, [
    {
      log: { kind: 'o', organisation },
      type: 'policy.draft_created',
      session: null,
      actor: administrator(order.by),
      detail: { draft: draft.id, base },
    },
  ])
  room.tell({ draft: draft.id, path: null, version: draft.version, by: order.by })
  return draft
}
