import type { Random } from '../basics/random.ts'

/** Exponential backoff with full jitter: any moment from 0 up to `baseMs` * 2^n, at most `capMs`. A fleet that lost its gateway comes back spread out. */
export interface Backoff {
  nextMs(): number
  reset(): void
}

export function createBackoff(options: { readonly baseMs: number; readonly capMs: number; readonly random: Random }): Backoff {
  let attempt = 0
  return {
    nextMs: () => Math.ceil(options.random.fraction() * Math.min(options.capMs, options.baseMs * 2 ** Math.min(attempt++, 30))),
    reset: () => void (attempt = 0),
  }
}
