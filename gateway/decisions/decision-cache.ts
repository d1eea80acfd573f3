import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { DecisionId } from '../basics/ids.ts'
import type { DecisionInput } from './decision-input.ts'
import type { DecisionResult } from './decision-result.ts'

export interface CachedDecision {
  readonly id: DecisionId
  readonly result: DecisionResult
  readonly durationUs: number
  readonly evaluatedAt: number
  /** Unix seconds: the time of the input that was evaluated. */
  readonly from: number
}

export interface DecisionCache {
  /** @param unixS the time of the question; an entry answers from the instant of its evaluation until just before its `valid_until` */
  get(key: string, unixS: number): CachedDecision | undefined
  set(key: string, decision: CachedDecision): void
  clear(): void
}

export function createDecisionCache(options: { readonly maxEntries: number }): DecisionCache {
  const entries = new LRUCache<string, CachedDecision>({ max: options.maxEntries })
  return {
    get(key, unixS) {
      const entry = entries.get(key)
      if (entry === undefined) return undefined
      if (unixS >= entry.from && unixS < entry.result.valid_until) return entry
      entries.delete(key)
      return undefined
    },
    set: (key, decision) => void entries.set(key, decision),
    clear: () => entries.clear(),
  }
}

export interface WrittenInput {
  /** Digest of everything in the input but its time; where the machine is, and so its zone, is no time. The cache is emptied with each policy revision, so that needs no place in it. */
  readonly key: string
  /** Everything in the input but its time, as JSON. */
  readonly rest: string
}

export interface Question {
  readonly input: DecisionInput
  /** Null: it cannot even be written; the schema then refuses it. */
  readonly written: WrittenInput | null
}

export const questionOf = (input: DecisionInput): Question => ({ input, written: writeInput(input) })

function writeInput(input: DecisionInput): WrittenInput | null {
  try {
    const { time, ...rest } = input
    const text = JSON.stringify(rest)
    return { key: hash('sha256', `${JSON.stringify(time.local.zone)}${text}`, 'base64'), rest: text }
  } catch {
    return null
  }
}

/** The whole input as JSON: only what is evaluated needs it. */
export const wholeText = ({ rest }: WrittenInput, { time }: DecisionInput): string => `{"time":${JSON.stringify(time)},${rest.slice(1)}`
