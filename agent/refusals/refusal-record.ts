import type { Clock } from '../basics/clock.ts'
import { unprintable } from '../wire/plain-text.ts'

/** What the gateway did: opened a stream, put a request, asked what nobody may ask, sent bytes that cannot be read, sent too much of anything, said something in the chat, told of a technician's page, set switches. */
export type RefusedWhat = 'stream' | 'request' | 'question' | 'bytes' | 'flood' | 'message' | 'picture' | 'switches'

export type RefusedWhy =
  | 'no_approval'
  | 'expired'
  | 'service_not_approved'
  | 'unknown_service'
  | 'switch_off'
  | 'view_only'
  | 'bad_request'
  | 'too_often'
  | 'not_known'
  | 'no_call'

export interface Refused {
  readonly what: RefusedWhat
  readonly why: RefusedWhy
  /** The service, or what the gateway wrote in its place: at most {@link longestSubject} characters that can be shown. Null: none, or too many different ones. */
  readonly subject: string | null
}

export interface Refusal extends Refused {
  readonly firstAtMs: number
  readonly lastAtMs: number
  readonly count: number
}

export interface RefusalRecord {
  note(refused: Refused): void
  /** Newest first. */
  newest(limit: number): Refusal[]
}

export const mostRefusals = 200
/** Of one kind; more are counted together, so that made-up names push out nothing else. */
export const mostSubjects = 20
export const longestSubject = 60

/** Only in memory: what a gateway can cause without end must not fill the disk. `onChange`: there is something new to show. */
export function createRefusalRecord({ clock, onChange }: { readonly clock: Clock; readonly onChange: () => void }): RefusalRecord {
  /** In the order in which they were last seen. */
  const kept = new Map<string, Refusal>()
  const subjectsOf = ({ what, why }: Refused): number =>
    [...kept.values()].filter((one) => one.what === what && one.why === why && one.subject !== null).length

  const place = (refused: Refused): Refused => {
    const known = { ...refused, subject: refused.subject === null ? null : plain(refused.subject) }
    return kept.has(keyOf(known)) || known.subject === null || subjectsOf(known) < mostSubjects ? known : { ...known, subject: null }
  }
  return {
    note: (refused) => {
      const placed = place(refused)
      const key = keyOf(placed)
      const before = kept.get(key)
      const nowMs = clock.nowMs()
      kept.delete(key)
      kept.set(key, { ...placed, firstAtMs: before?.firstAtMs ?? nowMs, lastAtMs: nowMs, count: (before?.count ?? 0) + 1 })
      const oldest = kept.size > mostRefusals ? kept.keys().next().value : undefined
      if (oldest !== undefined) kept.delete(oldest)
      onChange()
    },
    newest: (limit) => [...kept.values()].slice(-limit).toReversed(),
  }
}

const keyOf = ({ what, why, subject }: Refused): string => JSON.stringify([what, why, subject])

/** The gateway wrote it: only what can be shown is kept. */
function plain(text: string): string {
  const shown = text.slice(0, 4 * longestSubject).replaceAll(new RegExp(unprintable, 'gu'), '')
  return shown.slice(0, longestSubject).toWellFormed()
}
