import type { Clock } from '../basics/clock.ts'
import type { DecisionEngineLimits } from './decision-engine-limits.ts'
import type { LogRow } from './record-rows.ts'

export interface LateLogOptions {
  /** Resolves when that is over: whether it failed. Never rejects. */
  readonly write: (rows: readonly LogRow[]) => Promise<boolean>
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly limits: Pick<DecisionEngineLimits, 'lateRows' | 'lateCharacters' | 'lateMs' | 'lateUnitRows'>
}

const unitsAtOnce = 2

interface Waiting {
  readonly rows: readonly LogRow[]
  readonly characters: number
  readonly sinceMs: number
  readonly resolve: (failed: boolean) => void
}

/**
 * Rows of the decision log that nobody waits for: they are written once nothing is evaluated that asked for it by {@link begin}, so that the writer of the log does not take
 * from evaluations what they need of this machine; and before that, where more of them wait than is bounded.
 */
export class LateLog {
  readonly #options: LateLogOptions
  #waiting: Waiting[] = []
  /** With those that are being written. */
  #rows = 0
  #characters = 0
  #evaluating = 0
  #writing = 0
  #whenRoom: (() => void)[] = []

  constructor(options: LateLogOptions) {
    this.#options = options
  }

  /** Rows that are not written yet. */
  get rows(): number {
    return this.#rows
  }

  /** Before an evaluation whose rows come here; {@link end} after it. Waits for room. */
  async begin(): Promise<void> {
    while (this.#full) {
      void this.#write()
      await new Promise<void>((resolve) => void this.#whenRoom.push(resolve))
    }
    this.#evaluating += 1
  }

  end(): void {
    this.#evaluating -= 1
    // Whoever evaluates many in parts begins the next one in this turn.
    setImmediate(() => void this.#write())
  }

  /** Resolves when they are written or were given up: whether that failed. */
  add(rows: readonly LogRow[]): Promise<boolean> {
    if (rows.length === 0) return Promise.resolve(false)
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const characters = rows.reduce((sum, { text }) => sum + (text?.length ?? 0), 0)
    this.#waiting.push({ rows, characters, sinceMs: this.#options.clock.monotonicMs(), resolve })
    this.#rows += rows.length
    this.#characters += characters
    void this.#write()
    return promise
  }

  get #full(): boolean {
    const { lateRows, lateCharacters } = this.#options.limits
    return this.#rows >= lateRows || this.#characters >= lateCharacters
  }

  get #due(): boolean {
    const [oldest] = this.#waiting
    if (oldest === undefined) return false
    const { clock, limits } = this.#options
    return this.#evaluating === 0 || this.#full || clock.monotonicMs() - oldest.sinceMs >= limits.lateMs
  }

  /** Two units are under way, so that one is made ready while the other is written. */
  async #write(): Promise<void> {
    if (this.#writing >= unitsAtOnce) return
    this.#writing += 1
    while (this.#due) {
      const unit = this.#takeUnit()
      void this.#write()
      const failed = await this.#options.write(unit.flatMap(({ rows }) => rows))
      for (const { rows, characters, resolve } of unit) {
        this.#rows -= rows.length
        this.#characters -= characters
        resolve(failed)
      }
      for (const resolve of this.#whenRoom.splice(0)) resolve()
    }
    this.#writing -= 1
  }

  #takeUnit(): readonly Waiting[] {
    let rows = 0
    const next = this.#waiting.findIndex((waiting) => (rows += waiting.rows.length) > this.#options.limits.lateUnitRows)
    // What is more than a unit by itself is one of its own.
    return this.#waiting.splice(0, next < 0 ? this.#waiting.length : Math.max(1, next))
  }
}
