import type { DecisionId } from '../basics/ids.ts'
import type { DecisionInput } from './decision-input.ts'
import type { DecisionResult } from './decision-result.ts'

declare const decided: unique symbol

/** The facts of one evaluation, as the log keeps them. */
export interface DecisionRecord {
  readonly id: DecisionId
  readonly input: DecisionInput
  readonly result: DecisionResult
  /** Digest of the policy revision, `sha256:` + 64 hex. */
  readonly revision: string
  /** True: taken from the cache. `id`, `evaluatedAt` and `durationUs` are then those of the evaluation that the log holds. */
  readonly cached: boolean
  readonly durationUs: number
  /** Unix milliseconds. */
  readonly evaluatedAt: number
}

/** Only the engine makes one: what demands a `Decision` cannot be reached around the policy. */
export type Decision = DecisionRecord & { readonly [decided]: true }

/** A decision that allows; {@link isAllowed} is the only way to it. */
export type AllowedDecision = Decision & { readonly result: { readonly allow: true } }

export const isAllowed = (decision: Decision): decision is AllowedDecision => decision.result.allow === true
