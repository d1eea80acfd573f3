import type { Clock } from './clock.ts'

export interface PaceFigures {
  readonly perSecond: number
  /** So many at once, when it was quiet before. */
  readonly burst: number
}

/** Lets a burst through, then so many a second. Counting one costs a look at the clock and nothing else. */
export class TokenBucket {
  readonly #clock: Clock
  readonly #perMs: number
  readonly #burst: number
  #left: number
  #atMs: number

  constructor(clock: Clock, { perSecond, burst }: PaceFigures) {
    this.#clock = clock
    this.#perMs = perSecond / 1000
    this.#burst = burst
    this.#left = burst
    this.#atMs = clock.monotonicMs()
  }

  /** Takes one; false: there is none left now. */
  take(): boolean {
    const nowMs = this.#clock.monotonicMs()
    this.#left = Math.min(this.#burst, this.#left + (nowMs - this.#atMs) * this.#perMs)
    this.#atMs = nowMs
    if (this.#left < 1) return false
    this.#left -= 1
    return true
  }
}

/** A bucket for each key. Of more keys than `maxKeys` the one that was asked for longest ago is forgotten, and is full again. */
export class TokenBuckets {
  readonly #buckets = new Map<string, TokenBucket>()
  readonly #clock: Clock
  readonly #maxKeys: number

  constructor(clock: Clock, maxKeys: number) {
    this.#clock = clock
    this.#maxKeys = maxKeys
  }

  of(key: string, figures: PaceFigures): TokenBucket {
    const bucket = this.#buckets.get(key) ?? new TokenBucket(this.#clock, figures)
    this.#buckets.delete(key)
    this.#buckets.set(key, bucket)
    if (this.#buckets.size > this.#maxKeys) this.#buckets.delete(this.#buckets.keys().next().value ?? key)
    return bucket
  }
}
