import type { AccessAction } from '../../decisions/decision-input.ts'
import type { DecisionResult } from '../../decisions/decision-result.ts'

export type ResultChange = 'same' | 'newly_allowed' | 'newly_denied' | 'changed_limits' | 'errors'

const isPolicyError = (result: DecisionResult): boolean => result.denials.some(({ code }) => code === 'policy_error')

/** Looking at a list or a recording is not bounded by limits. */
const withoutLimits: readonly AccessAction[] = ['view', 'watch_recording', 'export']

/**
 * What becomes of one decision under another policy. Limits matter only where both allow; other reasons for the same refusal are no change.
 * `before` may come from the log of an older version, where a limit that came since is not there: then it is not compared.
 */
export function compareResults(action: AccessAction, before: DecisionResult, after: DecisionResult): ResultChange {
  if (isPolicyError(after)) return isPolicyError(before) ? 'same' : 'errors'
  if (before.allow !== after.allow) return after.allow ? 'newly_allowed' : 'newly_denied'
  return after.allow && changedLimits(action, before, after).length > 0 ? 'changed_limits' : 'same'
}

/** Names of the limits that differ. */
export function changedLimits(action: AccessAction, before: DecisionResult, after: DecisionResult): readonly string[] {
  if (withoutLimits.includes(action)) return []
  const old: Readonly<Record<string, unknown>> = before.limits
  return Object.entries(after.limits).flatMap(([name, value]) =>
    Object.hasOwn(old, name) && JSON.stringify(value) !== JSON.stringify(old[name]) ? [name] : [],
  )
}
