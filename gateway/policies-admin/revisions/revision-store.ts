import type { Page } from '../../basics/page.ts'
import type { OrganisationId, PersonId } from '../../basics/ids.ts'
import type { NewEvent } from '../../ledger/event.ts'
import type { RevisionResults } from './revision-results.ts'
import type { Activation, LineComment, NewRevision, Review, Revision, RevisionBundle } from './revision.ts'

export interface WaitingStep {
  readonly what: 'roll_back' | 'settings'
  readonly organisationId: OrganisationId
  readonly by: PersonId
  readonly step: Readonly<Record<string, unknown>>
  readonly comment: string
  readonly at: number
  readonly expiresAt: number
}

/** The sizes of what a bundle holds, so that nobody reads what is too big. */
export interface BundleSizes {
  readonly wasm: number
  readonly data: number
  readonly sources: number
}

/** Check and tests of a revision that were run once more. */
export interface TestRun {
  readonly revision: string
  readonly by: PersonId
  /** Unix milliseconds. */
  readonly at: number
  readonly results: RevisionResults
}

/** What is known of a revision beside itself. */
export interface RevisionStanding {
  readonly revision: Revision
  readonly newestReview: Review | undefined
  readonly wasActive: boolean
}

/** Revisions, reviews and activations of the service organisation: kept as they are, for good. Every method resolves when what it did is durable. */
export interface PolicyStore {
  /** @throws CodedError `revision_exists` */
  insertRevision(revision: NewRevision, events: readonly NewEvent[]): Promise<void>
  findRevision(revision: string): Promise<RevisionStanding | undefined>
  /** Newest first. */
  listRevisions(page: { readonly limit: number; readonly after: string | null }): Promise<Page<RevisionStanding>>
  /** Of the newest run of its tests. */
  resultsOf(revision: string): Promise<RevisionResults | null>
  insertTestRun(run: TestRun, organisationId: OrganisationId, events: readonly NewEvent[]): Promise<void>
  bundleSizes(revision: string): Promise<BundleSizes | undefined>
  bundleOf(revision: string): Promise<RevisionBundle | undefined>

  insertReview(review: Review, organisationId: OrganisationId, events: readonly NewEvent[]): Promise<void>
  /** Oldest first. */
  reviewsOf(revision: string): Promise<readonly Review[]>
  insertComment(comment: LineComment, organisationId: OrganisationId, events: readonly NewEvent[]): Promise<void>
  commentsOf(revision: string): Promise<readonly LineComment[]>

  /**
   * The row, its events and the end of a step back that waited, in one unit, where the newest activation is still `after` (0: none).
   * @throws CodedError `stale_version`: another one came in between
   */
  insertActivation(activation: Activation, after: number, organisationId: OrganisationId, events: readonly NewEvent[]): Promise<void>
  newestActivation(): Promise<Activation | undefined>
  /** Newest first. */
  listActivations(
    filter: { readonly revision?: string },
    page: { readonly limit: number; readonly after: string | null },
  ): Promise<Page<Activation>>

  /** In the place of one of its kind that waited before. */
  putWaitingStep(step: WaitingStep, events: readonly NewEvent[]): Promise<void>
  dropWaitingStep(what: WaitingStep['what']): Promise<void>
  waitingSteps(): Promise<readonly WaitingStep[]>
}
