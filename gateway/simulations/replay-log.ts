import type { DecisionFilter } from '../decisions/decision-log.ts'
import type { LoggedDecision } from './questions/compare-logged.ts'

export interface ReplaySpan {
  readonly count: number
  /** Unix milliseconds; null where there is none. */
  readonly firstMs: number | null
  readonly lastMs: number | null
  /** Older decisions, that were asked for as well, have been removed from the log. */
  readonly forgotten: boolean
}

export interface ReplayPage {
  /** Of so many rows that were gone through, those that fit the filter. */
  readonly rows: readonly LoggedDecision[]
  /** For the next page; null: these were the last. */
  readonly next: ReplayPosition | null
}

/** Behind this row: its time and its place in the log. */
export type ReplayPosition = readonly [evaluatedAtMs: number, position: number]

/** The decision log as it is kept, oldest first: raw text, so that the thread that asks again parses it. The backing lives in `storage`. */
export interface ReplayLog {
  /** Counts by person, machine, session and time alone: as many rows as a replay goes through. */
  span(filter: DecisionFilter): Promise<ReplaySpan>
  page(filter: DecisionFilter, after: ReplayPosition | null, limit: number): Promise<ReplayPage>
}
