import type { DecisionInput } from './decision-input.ts'
import type { DecisionResult, Denial } from './decision-result.ts'
import type { MissingCode } from './denial-codes.ts'

/**
 * Holds an allowance against its own limits: what they do not cover is denied. The shipped rules say the same by themselves; a revision whose rules forget
 * it must not give more than its limits name.
 */
export function withinLimits(result: DecisionResult, input: DecisionInput): DecisionResult {
  if (result.allow !== true) return result
  const endsAt = endOfTime(result, input)
  const denials: Denial[] = []
  if (asksForTime(input) && (input.session?.duration_s ?? 0) > result.limits.max_duration_s)
    denials.push({ code: 'duration_too_long', message: 'More time was asked for than the limits allow at once.' })
  if (endsAt !== null && endsAt <= input.time.unix) denials.push({ code: 'time_limit', message: 'The time that the limits allow is over.' })
  if (usesService(input) && input.service !== null && !result.limits.services.includes(input.service.name))
    denials.push({ code: 'no_permission', message: 'The limits do not name this service.' })
  if (input.action === 'transfer' && !result.limits.transfer)
    denials.push({ code: 'no_permission', message: 'The limits do not allow to transfer files.' })
  if (usesService(input) && result.limits.record && !isRecorded(input))
    denials.push({
      code: 'not_recorded',
      message: 'The limits demand that the operator sees what is done, and this service is not recorded.',
    })
  if (denials.length > 0) return { ...result, allow: false, denials, missing: missingOf(denials) }
  return endsAt === null ? result : { ...result, valid_until: Math.min(result.valid_until, endsAt) }
}

const asksForTime = ({ action }: DecisionInput): boolean => action === 'request' || action === 'open' || action === 'extend'

const usesService = ({ action }: DecisionInput): boolean => action !== 'view' && action !== 'watch_recording' && action !== 'export'

/** What has no pages is not, nor is what the customer does not let be. */
function isRecorded({ service, device }: DecisionInput): boolean {
  return service === null || (device.recording[service.name] ?? 'off') !== 'off'
}

/** Unix seconds: once the longest time, and once more for each extension, from the first approval on. Null: nothing runs yet, or any more. */
function endOfTime({ limits }: DecisionResult, input: DecisionInput): number | null {
  const { session, approval } = input
  if (session === null || input.action === 'request' || !usesService(input)) return null
  const startedAt = session.approved_at ?? approval?.granted_at ?? null
  return startedAt === null ? null : startedAt + limits.max_duration_s * (1 + session.extensions)
}

const missingOf = (denials: readonly Denial[]): MissingCode[] => [
  ...new Set(
    denials.flatMap(({ code }): MissingCode[] =>
      code === 'duration_too_long'
        ? ['shorter_duration']
        : code === 'no_permission'
          ? ['permission']
          : code === 'not_recorded'
            ? ['recording']
            : [],
    ),
  ),
]
