import type { Branded, OrganisationId, PersonId } from '../../basics/ids.ts'
import type { Random } from '../../basics/random.ts'

/** `drf_` + 32 hex. */
export type DraftId = Branded<'DraftId'>

export const newDraftId = (random: Random): DraftId => `drf_${random.hex(16)}` as DraftId

/** A policy that somebody works on. It decides nothing. */
export interface Draft {
  readonly id: DraftId
  readonly organisationId: OrganisationId
  readonly name: string
  /** The revision that it began with, or was put onto last; null: there was none. */
  readonly base: string | null
  readonly createdBy: PersonId
  /** Unix milliseconds. */
  readonly createdAt: number
  readonly changedBy: PersonId
  readonly changedAt: number
  /** From 1; rises with every change of the draft and of its files. */
  readonly version: number
}

export interface DraftFileSummary {
  readonly path: string
  /** From 1; rises with every change of this file. */
  readonly version: number
  readonly bytes: number
  /** Of its text in UTF-8, 64 hex: whether it is the same as elsewhere needs no text. */
  readonly sha256: string
  readonly editedBy: PersonId
  readonly editedAt: number
}

export interface DraftFile extends DraftFileSummary {
  readonly text: string
}

/** What changed: `path` null for the draft itself, `version` of the draft, 0 when it is gone. */
export interface DraftNews {
  readonly draft: DraftId
  readonly path: string | null
  readonly version: number
  readonly by: PersonId
}
