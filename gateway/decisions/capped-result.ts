import type { DecisionInput } from './decision-input.ts'
import type { DecisionResult } from './decision-result.ts'
import { withinLimits } from './within-limits.ts'

/** An answer of the policy as the engine gives it: within its own limits, kept for `maxAgeS` seconds at most, and never changed again. */
export function cappedResult(result: DecisionResult, input: DecisionInput, maxAgeS: number): DecisionResult {
  // `=== true` once more, on this side of the thread: nothing else is ever an allowance.
  const held = withinLimits({ ...result, allow: result.allow === true }, input)
  return frozen({ ...held, valid_until: Math.min(held.valid_until, input.time.unix + maxAgeS) })
}

function frozen(result: DecisionResult): DecisionResult {
  for (const part of [result.denials, result.missing, result.limits, result.limits.services, result.limits.request_rules])
    Object.freeze(part)
  return Object.freeze(result)
}
