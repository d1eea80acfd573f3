import type { DecisionId } from '../basics/ids.ts'
import type { Scope } from '../basics/scope.ts'
import type { DecisionRecord } from './decision.ts'
import type { AccessAction } from './decision-input.ts'

/** Where every evaluation goes: before anybody acts on it, but for those by which what is open goes on as it was (`DecisionEngine.decideAnew`). The backing lives in `storage`. */
export interface DecisionLog {
  /**
   * Resolves when durable. Rejects: the engine then denies.
   * @param input JSON of its input, for who has it: it is 1 to 30 KB that would have to be written again
   */
  append(decision: DecisionRecord, input?: string): Promise<void>
  /** One transaction for all. */
  appendMany(decisions: readonly DecisionRecord[], inputs?: readonly (string | undefined)[]): Promise<void>
}

export interface DecisionFilter {
  readonly technician?: string
  readonly device?: string
  readonly session?: string
  readonly action?: AccessAction
  readonly allow?: boolean
  /** Decisions in which this code stands among the denials. */
  readonly code?: string
  readonly revision?: string
  /** Text within what its person or its machine is found by now: name, user name; name, id, site, model. */
  readonly search?: string
  /** Unix milliseconds, inclusive. */
  readonly from?: number
  /** Unix milliseconds, exclusive. */
  readonly until?: number
}

export interface DecisionPageRequest {
  /** 1 to 200. */
  readonly limit: number
  /** `next` of the page before. */
  readonly after?: string
}

export interface DecisionPage {
  readonly items: readonly DecisionRecord[]
  readonly next: string | null
}

export interface DecisionList extends DecisionPage {
  /** Unix milliseconds up to where the log was searched, backwards; what is older is for the next page. Null: the page is full, or it is the last one. */
  readonly searchedTo: number | null
}

/** The reading side, for auditors, explanation and replay. A decision belongs to the organisation that owns its device. */
export interface DecisionLogReader {
  /** Newest first. It searches a bounded part of the log at a time: a page that is not full, or empty, may have a next one. */
  list(scope: Scope, filter: DecisionFilter, page: DecisionPageRequest): Promise<DecisionList>
  /**
   * Oldest first, for whoever takes the log elsewhere. It goes through `limit` rows at most, however few of them fit: a page without items may
   * have a next one.
   */
  walk(scope: Scope, filter: DecisionFilter, page: DecisionPageRequest): Promise<DecisionPage>
  get(scope: Scope, id: DecisionId): Promise<DecisionRecord | null>
}
