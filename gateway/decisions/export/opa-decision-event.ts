import type { DecisionInput } from '../decision-input.ts'
import type { DecisionResult } from '../decision-result.ts'
import type { DecisionRecord } from '../decision.ts'
import { maskDecision } from './mask-decision.ts'

/** One event of OPA's decision log (openpolicyagent.org/docs/management-decision-logs), as its own server would have written it. */
export interface OpaDecisionEvent {
  readonly labels: Readonly<Record<string, string>>
  readonly decision_id: string
  readonly bundles: Readonly<Record<string, { readonly revision: string }>>
  readonly path: string
  readonly input: DecisionInput
  readonly result: DecisionResult
  /** JSON pointers to values that were replaced; none was taken away, which OPA would list as `erased`. */
  readonly masked?: readonly string[]
  /** Address of whoever asked. Absent: not known, or hidden. */
  readonly requested_by?: string
  /** RFC 3339. */
  readonly timestamp: string
  readonly metrics: Readonly<Record<string, number>>
}

export interface OpaEventOptions {
  /** What tells this gateway's events from those of others. */
  readonly labels: Readonly<Record<string, string>>
  /** Whether what names a person is shown. */
  readonly personal: 'hidden' | 'shown'
}

/** The entrypoint as OPA's API names it. */
const decisionPath = 'sallyport/access/decision'

export function opaDecisionEvent(record: DecisionRecord, { labels, personal }: OpaEventOptions): OpaDecisionEvent {
  const { input, result, masked } = personal === 'shown' ? { ...record, masked: [] } : maskDecision(record)
  const address = personal === 'shown' ? input.context.ip : null
  return {
    labels,
    decision_id: record.id,
    bundles: { sallyport: { revision: record.revision } },
    path: decisionPath,
    input,
    result,
    ...(masked.length === 0 ? {} : { masked }),
    ...(address === null ? {} : { requested_by: address }),
    timestamp: new Date(record.evaluatedAt).toISOString(),
    metrics: { timer_rego_query_eval_ns: record.durationUs * 1_000 },
  }
}
