import { systemClock } from '../basics/clock.ts'
import type { Logger } from '../basics/logger.ts'
import type { CompiledPolicy } from './compiled-policy.ts'
import { defaultLimits } from './decision-engine-limits.ts'
import type { AccessAction } from './decision-input.ts'
import type { DecisionResult } from './decision-result.ts'
import type { DecisionRecord } from './decision.ts'
import { policyErrorResult } from './policy-error.ts'
import { warmPool } from './warm-pool.ts'
import { withinLimits } from './within-limits.ts'

export const shadowChanges = ['same', 'newly_allowed', 'newly_denied', 'changed_limits', 'errors'] as const
export type ShadowChange = (typeof shadowChanges)[number]

export interface ShadowDifference {
  readonly change: Exclude<ShadowChange, 'same'>
  readonly record: DecisionRecord
  readonly after: DecisionResult
}

/** Another policy beside the one that decides: it answers the same questions a moment later, in workers of its own, and nobody acts on it. */
export interface ShadowDecisions {
  /** Costs the one who calls a few microseconds; never waits, never throws. What it does not keep up with is dropped and counted. */
  offer(record: DecisionRecord): void
  readonly counts: Readonly<Record<ShadowChange, number>>
  readonly dropped: number
  /** The newest differences, newest first. */
  readonly differences: readonly ShadowDifference[]
  /** Counts from nothing: it is compared with another policy from now on. */
  begin(): void
  /** Resolves when nothing is under way. */
  idle(): Promise<void>
  close(): Promise<void>
}

export interface ShadowOptions {
  readonly policy: CompiledPolicy
  readonly compare: (action: AccessAction, before: DecisionResult, after: DecisionResult) => ShadowChange
  readonly logger: Logger
}

/** Questions that may wait for the shadow. */
export const mostShadowed = 500
export const mostDifferences = 50

const immediate = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** @throws CodedError `policy_not_loadable` */
export async function startShadow({ policy, compare, logger }: ShadowOptions): Promise<ShadowDecisions> {
  const pool = await warmPool({ policy, limits: { ...defaultLimits, maxQueued: mostShadowed }, logger, clock: systemClock })
  const nothing = (): Record<ShadowChange, number> => ({ same: 0, newly_allowed: 0, newly_denied: 0, changed_limits: 0, errors: 0 })
  let counts = nothing()
  let dropped = 0
  let differences: ShadowDifference[] = []
  const pending = new Set<Promise<void>>()
  let round = 0
  let closed = false

  const judge = async (record: DecisionRecord, began: number): Promise<void> => {
    const { input, result: before } = record
    const answer = await pool.evaluate(JSON.stringify(input))
    if (closed || began !== round) return
    if (!answer.ok && answer.problem === 'waited_too_long') return void (dropped += 1)
    const after = answer.ok ? withinLimits(answer.result, input) : policyErrorResult(answer.problem, input.time.unix)
    const change = compare(input.action, before, after)
    counts[change] += 1
    if (change !== 'same') differences = [{ change, record, after }, ...differences].slice(0, mostDifferences)
  }

  return {
    offer(record) {
      if (closed || record.cached) return
      if (pending.size >= mostShadowed) return void (dropped += 1)
      const began = round
      // Behind the answer that somebody waits for.
      const work = immediate()
        .then(() => judge(record, began))
        .catch((error: unknown) => logger.warn({ err: error }, 'a decision could not be compared with the shadow'))
        .finally(() => pending.delete(work))
      pending.add(work)
    },
    get counts() {
      return counts
    },
    get dropped() {
      return dropped
    },
    get differences() {
      return differences
    },
    begin() {
      round += 1
      counts = nothing()
      dropped = 0
      differences = []
    },
    async idle() {
      await Promise.allSettled(pending)
    },
    async close() {
      closed = true
      await pool.close('closed')
    },
  }
}
