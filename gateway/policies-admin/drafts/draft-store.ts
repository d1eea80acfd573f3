import type { OrganisationId, PersonId } from '../../basics/ids.ts'
import type { NewEvent } from '../../ledger/event.ts'
import type { PolicySources } from '../policy-files.ts'
import type { Draft, DraftFile, DraftFileSummary, DraftId } from './draft.ts'

/** Who changes something, when. */
export interface DraftEdit {
  readonly draft: DraftId
  readonly by: PersonId
  /** Unix milliseconds. */
  readonly at: number
}

/** The contents that a draft gets in one step; null takes a file away. */
export type FileChanges = Readonly<Record<string, string | null>>

/**
 * Drafts of the service organisation. Every change names the version that it was made from, and a change of another one is never written over:
 * `stale_version`. Past the bounds of a policy's size nothing is written: `policy_too_big`.
 */
export interface DraftStore {
  /** @throws CodedError `too_many_drafts` */
  insert(draft: Draft, sources: PolicySources, mostDrafts: number, events: readonly NewEvent[]): Promise<void>
  /** Changed last first. */
  list(organisation: OrganisationId): Promise<readonly { readonly draft: Draft; readonly files: number }[]>
  find(id: DraftId): Promise<Draft | undefined>
  files(id: DraftId): Promise<readonly DraftFileSummary[]>
  file(id: DraftId, path: string): Promise<DraftFile | undefined>
  /** Every file, with the version that each had in the same moment. */
  contents(id: DraftId): Promise<readonly DraftFile[]>
  /** Everybody who ever wrote in it. */
  writers(id: DraftId): Promise<readonly PersonId[]>

  /** @param version of the file; 0: there is none yet */
  writeFile(
    edit: DraftEdit,
    path: string,
    text: string,
    version: number,
  ): Promise<{ readonly version: number; readonly draftVersion: number }>
  removeFile(edit: DraftEdit, path: string, version: number): Promise<number>
  /** @throws CodedError `file_exists` */
  moveFile(edit: DraftEdit, from: string, to: string, version: number): Promise<number>
  rename(edit: DraftEdit, name: string, version: number): Promise<number>
  /** Several files and the base at once, where nothing of the draft changed since `version`; `writers` are from now on among those who wrote in it. */
  rebase(edit: DraftEdit, to: { base: string; changes: FileChanges; writers: readonly PersonId[] }, version: number): Promise<number>
  remove(id: DraftId, events: readonly NewEvent[]): Promise<void>
}
