import type { Clock, Timer } from '../basics/clock.ts'
import type { Logger } from '../basics/logger.ts'

/** What is kept for a time only. History is not: sessions, events, certificates and the labels of origins stay for good. */
export interface RetentionStore {
  /** Entry codes that have run out, and cookies and pins of sessions that ended at or before `endedBeforeS`. */
  forgetAccess(until: { readonly nowMs: number; readonly endedBeforeS: number }): Promise<void>
  /** Decisions from before `beforeMs`, the oldest first, at most `most`. Gives back how many. */
  forgetDecisions(beforeMs: number, most: number): Promise<number>
}

const everyMs = 60_000
const dayMs = 24 * 3_600_000
/** Until then a browser that was let in is told who ended the session, and why. */
export const accessKeptDays = 30
/** In one unit of the writer, which others wait behind. */
export const decisionsAtOnce = 500

/** Forgets what has had its time, in steps so small that nobody waits for them. Gives back how to stop. */
export function sweepRecords(options: {
  readonly store: RetentionStore
  readonly decisionDays: number
  readonly clock: Clock
  readonly logger: Logger
}): () => Promise<void> {
  const { store, decisionDays, clock, logger } = options
  let timer: Timer | undefined
  const stopped = new AbortController()
  let pass = Promise.resolve()
  const sweep = async (): Promise<void> => {
    const nowMs = clock.nowMs()
    await store.forgetAccess({ nowMs, endedBeforeS: clock.nowS() - accessKeptDays * 86_400 })
    let forgotten = decisionsAtOnce
    while (forgotten === decisionsAtOnce && !stopped.signal.aborted)
      forgotten = await store.forgetDecisions(nowMs - decisionDays * dayMs, decisionsAtOnce)
  }
  const arm = (): void => {
    timer = clock.after(everyMs, () => {
      pass = sweep()
        .catch((error: unknown) => logger.warn({ err: error }, 'records that have had their time could not be forgotten'))
        .then(() => (stopped.signal.aborted ? undefined : arm()))
    })
  }
  arm()
  return () => {
    stopped.abort()
    timer?.cancel()
    return pass
  }
}
