import { CodedError } from '../../basics/coded-error.ts'
import type { PersonId } from '../../basics/ids.ts'
import type { PolicySources } from '../policy-files.ts'
import type { DraftId } from './draft.ts'
import { demandDraft, editBy } from './draft-room.ts'
import type { DraftRoom } from './draft-room.ts'

export interface RebaseConflict {
  readonly path: string
  /** Null: the file is not there. */
  readonly before: string | null
  readonly theirs: string | null
  readonly mine: string | null
}

export interface Rebased {
  readonly base: string
  /** Of the draft. */
  readonly version: number
  /** Files that were taken from the new base. */
  readonly taken: readonly string[]
  /** Files that both sides changed: the draft has its own still, for a person to mend. */
  readonly conflicts: readonly RebaseConflict[]
}

/**
 * Puts a draft onto another revision (without one named, the active one), file by file: what only the other side changed is taken, what only the draft
 * changed stays, what both changed stays as well and is named.
 * @throws CodedError `draft_unknown`, `revision_unknown`, `stale_version`, `policy_too_big`
 */
export async function rebaseDraft(
  room: DraftRoom,
  order: { readonly draft: DraftId; readonly onto: string | undefined; readonly version: number; readonly by: PersonId },
): Promise<Rebased> {
  const { store, revisions } = room.ports
  const draft = await demandDraft(room, order.draft)
  const onto = order.onto ?? revisions.active()
  const theirs = onto === null ? undefined : await revisions.sourcesOf(onto)
  if (onto === null || theirs === undefined)
    throw new CodedError({ code: 'revision_unknown', message: 'There is no such revision to put the draft onto.', remedy: 'not_found' })
  const before = draft.base === null ? {} : ((await revisions.sourcesOf(draft.base)) ?? {})
  const mine = Object.fromEntries((await store.contents(draft.id)).map(({ path, text }) => [path, text]))
  const { changes, conflicts } = threeWay({ before, theirs, mine })
  // What they wrote stays in the draft, although its base is another one now.
  const writers = await revisions.undecidedAuthors(draft.base)
  const version = await store.rebase(editBy(room, draft.id, order.by), { base: onto, changes, writers }, order.version)
  room.tell({ draft: draft.id, path: null, version, by: order.by })
  return { base: onto, version, taken: Object.keys(changes).toSorted(), conflicts }
}

/** By whole files: rules are small, and a rule that was put together of two half-understood changes lets the wrong people in. */
export function threeWay(sides: { readonly before: PolicySources; readonly theirs: PolicySources; readonly mine: PolicySources }): {
  readonly changes: Readonly<Record<string, string | null>>
  readonly conflicts: readonly RebaseConflict[]
} {
  const changes: Record<string, string | null> = {}
  const conflicts: RebaseConflict[] = []
  for (const path of new Set(Object.values(sides).flatMap((files) => Object.keys(files)))) {
    const [before, theirs, mine] = [sides.before, sides.theirs, sides.mine].map((files) =>
      Object.hasOwn(files, path) ? (files[path] ?? null) : null,
    )
    if (theirs === before || theirs === mine) continue
    if (mine === before) changes[path] = theirs ?? null
    else conflicts.push({ path, before: before ?? null, theirs: theirs ?? null, mine: mine ?? null })
  }
  return { changes, conflicts: conflicts.toSorted((a, b) => (a.path < b.path ? -1 : 1)) }
}
