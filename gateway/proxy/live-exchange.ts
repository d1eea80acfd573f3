/** One request or WebSocket that is under way. */
export interface LiveExchange {
  /** Ends it at once: no further byte in either direction. */
  cut(why: CutReason): void
  /** Monotonic milliseconds since when a side owes bytes or room and gives neither; null while nothing is owed. */
  stalledSinceMs(): number | null
  /** Monotonic milliseconds since when a whole request waits for the head of its answer; null while none does. */
  unansweredSinceMs(): number | null
}

/**
 * `over`: the session ended or the grant was withdrawn; `stalled`: a side stood still too long; `unanswered`: the machine took the request and said
 * nothing; `closing`: the gateway stops.
 */
export type CutReason = { readonly code: 'over' | 'stalled' | 'unanswered' | 'closing'; readonly text: string }
