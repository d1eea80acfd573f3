import { isCodedError } from '../../basics/coded-error.ts'
import type { PersonId } from '../../basics/ids.ts'
import type { DraftFile, DraftId } from './draft.ts'
import { demandDraft, editBy, overtaken } from './draft-room.ts'
import type { DraftRoom } from './draft-room.ts'

export interface FileEdit {
  readonly draft: DraftId
  readonly path: string
  /** Of the file, as it was read; 0: it was not there. */
  readonly version: number
  readonly by: PersonId
}

/**
 * Writes a file where nobody wrote it since it was read. Two people never write over each other: the second one gets what is there now.
 * @throws CodedError `draft_unknown`, `stale_version` with `details.current` (a `DraftFile`, or null: it is gone), `policy_too_big`
 */
export async function writeDraftFile(
  room: DraftRoom,
  edit: FileEdit & { readonly text: string },
): Promise<{ readonly version: number; readonly draftVersion: number }> {
  await demandDraft(room, edit.draft)
  const written = await orOvertaken(room, edit, () =>
    room.ports.store.writeFile(editBy(room, edit.draft, edit.by), edit.path, edit.text, edit.version),
  )
  room.tell({ draft: edit.draft, path: edit.path, version: written.draftVersion, by: edit.by })
  return written
}

/** @throws CodedError as {@link writeDraftFile} */
export async function removeDraftFile(room: DraftRoom, edit: FileEdit): Promise<number> {
  await demandDraft(room, edit.draft)
  const remove = () => room.ports.store.removeFile(editBy(room, edit.draft, edit.by), edit.path, edit.version)
  const version = await orOvertaken(room, edit, remove)
  room.tell({ draft: edit.draft, path: edit.path, version, by: edit.by })
  return version
}

/** @throws CodedError as {@link writeDraftFile}, `file_exists` */
export async function moveDraftFile(room: DraftRoom, edit: FileEdit & { readonly to: string }): Promise<number> {
  await demandDraft(room, edit.draft)
  const move = () => room.ports.store.moveFile(editBy(room, edit.draft, edit.by), edit.path, edit.to, edit.version)
  const version = await orOvertaken(room, edit, move)
  for (const path of [edit.path, edit.to]) room.tell({ draft: edit.draft, path, version, by: edit.by })
  return version
}

async function orOvertaken<Result>(room: DraftRoom, { draft, path }: FileEdit, write: () => Promise<Result>): Promise<Result> {
  try {
    return await write()
  } catch (error) {
    if (!isCodedError(error, 'stale_version')) throw error
    const current: DraftFile | undefined = await room.ports.store.file(draft, path)
    const message =
      current === undefined
        ? 'Somebody took this file away in the meantime, or moved it. Nothing was written.'
        : 'Somebody wrote this file in the meantime. Nothing was written: look at both, then decide.'
    throw overtaken(message, current ?? null)
  }
}
