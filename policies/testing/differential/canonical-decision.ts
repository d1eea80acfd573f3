import { canonicalAnswer } from './canonical-answer.ts'

/** One text for the same decision. What is a set in the policy has no order in JSON; everything else keeps its own. */
export function canonicalDecision(decision: unknown): string {
  if (typeof decision !== 'object' || decision === null) return canonicalAnswer(decision)
  const { denials, missing, limits, ...rest } = decision as Record<string, unknown>
  const services = (limits as { readonly services?: unknown } | undefined)?.services
  const inOrder = typeof limits === 'object' && limits !== null ? { ...limits, services: sorted(services) } : limits
  return canonicalAnswer({ ...rest, denials: sorted(denials), missing: sorted(missing), limits: inOrder })
}

const sorted = (list: unknown): unknown =>
  Array.isArray(list) ? list.toSorted((a, b) => (canonicalAnswer(a) < canonicalAnswer(b) ? -1 : 1)) : list
