import type { PersonId } from '../../basics/ids.ts'
import type { Draft, DraftFile, DraftFileSummary } from '../../policies-admin/drafts/draft.ts'
import type { PresentPerson } from '../../policies-admin/drafts/draft-presence.ts'
import type * as contract from '../contract/policy-drafts.ts'
import { named, type NamesOf } from './name-people.ts'

export const peopleOfDraft = (draft: Draft, files: readonly DraftFileSummary[], present: readonly PresentPerson[]): readonly PersonId[] => [
  draft.createdBy,
  draft.changedBy,
  ...files.map(({ editedBy }) => editedBy),
  ...present.map(({ person }) => person),
]

const common = (draft: Draft, names: NamesOf) => ({
  id: draft.id,
  name: draft.name,
  base: draft.base,
  version: draft.version,
  created_by: named(names, draft.createdBy),
  created_ms: draft.createdAt,
  changed_by: named(names, draft.changedBy),
  changed_ms: draft.changedAt,
})

export const presentDraftSummary = (draft: Draft, files: number, names: NamesOf): contract.DraftSummary => ({
  ...common(draft, names),
  files,
})

export const presentDraft = (
  draft: Draft,
  files: readonly DraftFileSummary[],
  present: readonly PresentPerson[],
  names: NamesOf,
): contract.Draft => ({
  ...common(draft, names),
  files: files.map(({ path, version, bytes, sha256, editedBy, editedAt }) => ({
    path,
    version,
    bytes,
    sha256,
    edited_by: named(names, editedBy),
    edited_ms: editedAt,
  })),
  present: presentPresence(present, names),
})

export const presentPresence = (present: readonly PresentPerson[], names: NamesOf): contract.Presence[] =>
  present.map(({ person, path }) => ({ person: named(names, person), path }))

export const presentDraftFile = ({ path, version, text, editedBy, editedAt }: DraftFile, names: NamesOf): contract.DraftFile => ({
  path,
  version,
  text,
  edited_by: named(names, editedBy),
  edited_ms: editedAt,
})
