import type { PersonId } from '../../basics/ids.ts'
import { administrator } from '../../ledger/event.ts'
import type { DraftId } from './draft.ts'
import { demandDraft, editBy } from './draft-room.ts'
import type { DraftRoom } from './draft-room.ts'

/** @throws CodedError `draft_unknown`, `stale_version` */
export async function renameDraft(
  room: DraftRoom,
  change: { readonly draft: DraftId; readonly name: string; readonly version: number; readonly by: PersonId },
): Promise<void> {
  await demandDraft(room, change.draft)
  const version = await room.ports.store.rename(editBy(room, change.draft, change.by), change.name, change.version)
  room.tell({ draft: change.draft, path: null, version, by: change.by })
}

/** @throws CodedError `draft_unknown` */
export async function deleteDraft(room: DraftRoom, draft: DraftId, by: PersonId): Promise<void> {
  const { base } = await demandDraft(room, draft)
  await room.ports.store.remove(draft, [
    {
      log: { kind: 'o', organisation: room.ports.organisation },
      type: 'policy.draft_deleted',
      session: null,
      actor: administrator(by),
      detail: { draft, base },
    },
  ])
  room.tell({ draft, path: null, version: 0, by })
}
