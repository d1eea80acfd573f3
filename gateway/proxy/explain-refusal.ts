import type { AccessLookup } from './access-lookup.ts'
import type { StreamAuthority } from './ports.ts'
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
    const summary = origin === undefined ? undefined : await options.authority.sessionSummary(origin.sessionId)
    if (summary === undefined) return { refusal, deviceName: undefined }
    const ended = refusal.kind === 'session_over' && refusal.endedReason === undefined && summary.endedReason !== null
    return {
      refusal: ended ? { ...refusal, endedReason: summary.endedReason, endedBy: summary.endedBy } : refusal,
      deviceName: summary.deviceName,
    }
  } catch {
    return { refusal, deviceName: undefined }
  }
}
