import type { Clock } from '../basics/clock.ts'
import type { AccessLookup } from './access-lookup.ts'
import { deniedRefusal } from './denied-refusal.ts'
import type { AccessOrigin, SessionSummary, StreamAuthority } from './ports.ts'
import { refuse, type Refusal } from './refusal.ts'

/** The agent cuts first and tells us then: until its word about the end is here, a refusal waits so long for it, in milliseconds. */
const endIsTold: Readonly<Record<string, number>> = { session_over: 2_000, service_unreachable: 300 }
const lookEveryMs = 20

/**
 * Adds what a browser that has entered may know: the machine's name, and of a session that is over who ended it and why. Explaining never fails: the
 * refusal stands without it.
 *
 * @param label of the origin that the browser has entered, `undefined` for all others
 */
export async function explainRefusal(
  refusal: Refusal,
  label: string | undefined,
  options: { readonly lookup: AccessLookup; readonly authority: StreamAuthority; readonly clock: Clock },
): Promise<{ readonly refusal: Refusal; readonly deviceName: string | undefined }> {
  if (label === undefined) return { refusal, deviceName: undefined }
  try {
    const origin = await options.lookup.origin(label)
    if (origin === undefined) return { refusal, deviceName: undefined }
    const current = refusal.code === 'grant_withdrawn' ? await askAgain(refusal, origin, options.authority) : refusal
    const summary = await summaryOf(origin, current, options)
    if (summary === undefined) return { refusal: current, deviceName: undefined }
    return { refusal: withEnd(current, summary), deviceName: summary.deviceName }
  } catch {
    return { refusal, deviceName: undefined }
  }
}

async function summaryOf(
  { sessionId }: AccessOrigin,
  refusal: Refusal,
  { authority, clock }: { readonly authority: StreamAuthority; readonly clock: Clock },
): Promise<SessionSummary | undefined> {
  const until = clock.monotonicMs() + (refusal.endedReason === undefined ? (endIsTold[refusal.code] ?? 0) : 0)
  let summary = await authority.sessionSummary(sessionId)
  while (summary?.endedReason === null && clock.monotonicMs() < until) {
    await new Promise<void>((resolve) => void clock.after(lookEveryMs, resolve))
    summary = await authority.sessionSummary(sessionId)
  }
  return summary
}

function withEnd(refusal: Refusal, { endedReason, endedBy }: SessionSummary): Refusal {
  if (refusal.endedReason !== undefined || endedReason === null || endIsTold[refusal.code] === undefined) return refusal
  return refuse('session_over', 'session_over', { endedReason, endedBy })
}

/** A grant ends with its session, with the tunnel, or to be decided anew: the authority knows which. */
async function askAgain(refusal: Refusal, origin: AccessOrigin, authority: StreamAuthority): Promise<Refusal> {
  const answer = await authority.authorize(origin.sessionId, origin.service)
  return answer.denied === true ? deniedRefusal(answer) : refusal
}
