import { CodedError } from '../../basics/coded-error.ts'
import type { PersonId } from '../../basics/ids.ts'
import { overtaken, demandDraft } from './draft-room.ts'
import type { DraftRoom } from './draft-room.ts'
import type { DraftId } from './draft.ts'

/**
 * Makes a revision of the draft as the person saw it: who wrote in it since then is not submitted unread. Everybody who ever wrote in it is a
 * contributor, and none of them reviews it.
 * @throws CodedError `draft_unknown`, `draft_empty`, `stale_version`, and what refuses a revision
 */
export async function submitDraft(
  room: DraftRoom,
  order: { readonly draft: DraftId; readonly comment: string; readonly version: number; readonly by: PersonId },
): Promise<{ readonly revision: string }> {
  const { store, revisions } = room.ports
  const [contents, contributors] = await Promise.all([store.contents(order.draft), store.writers(order.draft)])
  // Read behind the contents: as long as the version is the one that was seen, so are they.
  const draft = await demandDraft(room, order.draft)
  if (draft.version !== order.version)
    throw overtaken('Somebody changed the draft since you saw it last. Look at the changes, then submit it again.', null)
  if (contents.length === 0)
    throw new CodedError({ code: 'draft_empty', message: 'There is nothing in this draft. Write a policy first.', remedy: 'fix' })
  return revisions.submit({
    sources: Object.fromEntries(contents.map(({ path, text }) => [path, text])),
    author: order.by,
    contributors: contributors.filter((person) => person !== order.by),
    comment: order.comment,
    parent: draft.base,
    origin: 'draft',
  })
}
