import type { CompiledPolicy } from '../../decisions/compiled-policy.ts'
import type { DecisionInput } from '../../decisions/decision-input.ts'
import type { DecisionResult } from '../../decisions/decision-result.ts'
import type { RuleAnswer } from '../../decisions/explanation.ts'
import type { AskedPolicy } from './asked-policy.ts'
import { textsOf, type DenialTexts } from './texts-of.ts'

export interface ExplainedDecision {
  readonly revision: string
  readonly result: DecisionResult
  /** By name. Null: this revision does not explain itself. */
  readonly rules: readonly RuleAnswer[] | null
}

/** With what the revision that gave it calls its denials. */
export interface WordedDecision extends ExplainedDecision {
  readonly texts: DenialTexts
}

export const worded = (decision: ExplainedDecision, by: Pick<CompiledPolicy, 'reasons'>): WordedDecision => ({
  ...decision,
  texts: textsOf(by, decision.result.denials),
})

/** The rule of the gateway itself: an allowance holds within its own limits, whatever the rules forgot. */
const limitsRule = 'limits'

export async function explainedDecision(policy: AskedPolicy, input: DecisionInput): Promise<ExplainedDecision> {
  const result = await policy.decide(input)
  return { revision: policy.revision, result, rules: withLimits(await policy.explain(input), result) }
}

/** Names of the rules that stand against it; of a revision that does not explain itself: the codes. */
export async function rulesAgainst(policy: AskedPolicy, input: DecisionInput, result: DecisionResult): Promise<readonly string[]> {
  const codes = new Set<string>(result.denials.map(({ code }) => code))
  const rules = withLimits(await policy.explain(input), result) ?? []
  const against = rules.filter((rule) => !rule.satisfied && (rule.denials.length === 0 || rule.denials.some(({ code }) => codes.has(code))))
  return against.length > 0 ? against.map(({ rule }) => rule) : [...codes].toSorted()
}

function withLimits(rules: readonly RuleAnswer[] | null, result: DecisionResult): readonly RuleAnswer[] | null {
  if (rules === null || result.allow || !rules.every(({ satisfied }) => satisfied)) return rules
  const { denials, missing } = result
  if (denials.some(({ code }) => code === 'policy_error')) return rules
  return [...rules, { rule: limitsRule, satisfied: false, denials, missing, changesAt: [] }]
}
