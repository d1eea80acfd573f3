import type { Clock, Timer } from '../basics/clock.ts'
import type { Logger } from '../basics/logger.ts'

/** What is kept for a time only. History is not: sessions, events, certificates and the labels of origins stay for good. */
export interface RetentionStore {
  /** Entry codes that have run out, and cookies and pins of sessions that ended at or before `endedBeforeS`. */
  forgetAccess(until: { readonly nowMs: number; readonly endedBeforeS: number }): Promise<void>
  /** Decisions from before `beforeMs`, the oldest first, at most `most`. Gives back how many. */
  forgetDecisions(beforeMs: number, most: number): Promise<number>
  /** Requests for a grant that were answered or withdrawn before `beforeS`, the oldest first, at most `most`. Gives back how many. */
  forgetGrantRequests(beforeS: number, most: number): Promise<number>
}

const everyMs = 60_000
const dayS = 86_400
/** Until then a browser that was let in is told who ended the session, and why. */
export const accessKeptDays = 30
/** In one unit of the writer, which others wait behind. */
export const decisionsAtOnce = 500
export const grantRequestsAtOnce = 500

/** Forgets what has had its time, in steps so small that nobody waits for them. Gives back how to stop. */
export function sweepRecords(options: {
  readonly store: RetentionStore
  readonly decisionDays: number
  readonly grantRequestDays: number
  readonly clock: Clock
  readonly logger: Logger
}): () => Promise<void> {
  const { store, decisionDays, grantRequestDays, clock, logger } = options
  let timer: Timer | undefined
  const stopped = new AbortController()
  let pass = Promise.resolve()
  const sweep = async (): Promise<void> => {
    const nowMs = clock.nowMs()
    const nowS = clock.nowS()
    await store.forgetAccess({ nowMs, endedBeforeS: nowS - accessKeptDays * dayS })
    await inSteps(decisionsAtOnce, () => store.forgetDecisions(nowMs - decisionDays * dayS * 1000, decisionsAtOnce))
    await inSteps(grantRequestsAtOnce, () => store.forgetGrantRequests(nowS - grantRequestDays * dayS, grantRequestsAtOnce))
  }
  const inSteps = async (step: number, forget: () => Promise<number>): Promise<void> => {
    let forgotten = step
    while (forgotten === step && !stopped.signal.aborted) forgotten = await forget()
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
