import type { AccessLookup } from './access-lookup.ts'
import { deniedRefusal } from './denied-refusal.ts'
import type { AccessOrigin, StreamAuthority } from './ports.ts'
import type { Refusal } from './refusal.ts'

/**
 * Adds what a browser that has entered may know: the machine's name, and of a session that is over who ended it and why. Explaining never fails: the
 * refusal stands without it.
 *
 * @param label of the origin that the browser has entered, `undefined` for all others
 */
export async function explainRefusal(
  refusal: Refusal,
  label: string | undefined,
  options: { readonly lookup: AccessLookup; readonly authority: StreamAuthority },
): Promise<{ readonly refusal: Refusal; readonly deviceName: string | undefined }> {
  if (label === undefined) return { refusal, deviceName: undefined }
  try {
    const origin = await options.lookup.origin(label)
    if (origin === undefined) return { refusal, deviceName: undefined }
    const current = refusal.code === 'grant_withdrawn' ? await askAgain(refusal, origin, options.authority) : refusal
    const summary = await options.authority.sessionSummary(origin.sessionId)
    if (summary === undefined) return { refusal: current, deviceName: undefined }
    const ended = current.kind === 'session_over' && current.endedReason === undefined && summary.endedReason !== null
    return {
      refusal: ended ? { ...current, endedReason: summary.endedReason, endedBy: summary.endedBy } : current,
      deviceName: summary.deviceName,
    }
  } catch {
    return { refusal, deviceName: undefined }
  }
}

/** A grant ends with its session, with the tunnel, or to be decided anew: the authority knows which. */
async function askAgain(refusal: Refusal, origin: AccessOrigin, authority: StreamAuthority): Promise<Refusal> {
  const answer = await authority.authorize(origin.sessionId, origin.service)
  return answer.denied === true ? deniedRefusal(answer) : refusal
}
