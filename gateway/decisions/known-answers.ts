import type { Clock } from '../basics/clock.ts'
import { createDecisionCache, type CachedDecision, type DecisionCache, type Question } from './decision-cache.ts'
import { timeOf, type DecisionInput } from './decision-input.ts'
import type { DecisionRecord } from './decision.ts'
import { isPolicyError } from './policy-error.ts'

/** Answers of the active policy that still hold. What is asked about another time than now (replay, a clock that jumped) neither uses nor fills it. */
export class KnownAnswers {
  readonly #clock: Clock
  readonly #cache: DecisionCache

  constructor(options: { readonly clock: Clock; readonly maxEntries: number }) {
    this.#clock = options.clock
    this.#cache = createDecisionCache(options)
  }

  find({ input, written }: Question): CachedDecision | undefined {
    const now = Math.max(timeOf(input), this.#clock.nowS())
    return written === null || !this.#isNow(input) ? undefined : this.#cache.get(written.key, now)
  }

  /** Only what is in the log already: it is not written there again. */
  keep({ written }: Question, record: DecisionRecord): void {
    if (written === null || isPolicyError(record.result) || !this.#isNow(record.input)) return
    const { id, result, durationUs, evaluatedAt, input } = record
    this.#cache.set(written.key, { id, result, durationUs, evaluatedAt, from: input.time.unix })
  }

  forget(): void {
    this.#cache.clear()
  }

  #isNow(input: DecisionInput): boolean {
    return Math.abs(timeOf(input) - this.#clock.nowS()) <= 1
  }
}
