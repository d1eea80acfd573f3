import type { DecisionInput } from '../../decisions/decision-input.ts'
import type { DecisionResult } from '../../decisions/decision-result.ts'
import type { RuleAnswer } from '../../decisions/explanation.ts'
import { policyErrorResult } from '../../decisions/policy-error.ts'
import type { Evaluation, PolicyInstance } from '../../decisions/policy-instance.ts'
import { withinLimits } from '../../decisions/within-limits.ts'
import { approvedByWhoMay } from './who-may-approve.ts'

/** One policy that answers in this thread, as the live engine would: its own limits hold, and what is not a trustworthy answer is a denial. */
export interface AskedPolicy {
  readonly revision: string
  decide(input: DecisionInput): Promise<DecisionResult>
  /** @param written `input` as JSON, where it is at hand already */
  decideWritten(written: string, input: DecisionInput): Promise<DecisionResult>
  /** Null: this revision does not explain itself. */
  explain(input: DecisionInput): Promise<readonly RuleAnswer[] | null>
}

/** Stands around each evaluation: says when it begins and ends, and gives null instead of one that must not run again. */
export type Watch = <Answer>(evaluate: () => Promise<Answer>) => Promise<Answer | null>

const tookTooLong: Evaluation = { ok: false, problem: 'timeout', durationUs: 0 }

export function askedPolicy(options: {
  readonly revision: string
  readonly instance: PolicyInstance
  /** What the instance decides by. */
  readonly data: unknown
  readonly watch: Watch
}): AskedPolicy {
  const { revision, instance, data, watch } = options
  const writtenOf = (input: DecisionInput): string => JSON.stringify(approvedByWhoMay(data, input))
  const encoder = new TextEncoder()
  const bytesOf = (text: string): ArrayBuffer => {
    const bytes = encoder.encode(text)
    return bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer
  }
  const decideWritten = async (written: string, input: DecisionInput): Promise<DecisionResult> => {
    const evaluation = (await watch(() => instance.evaluate(bytesOf(written)))) ?? tookTooLong
    return evaluation.ok
      ? withinLimits({ ...evaluation.result, allow: evaluation.result.allow === true }, input)
      : policyErrorResult(evaluation.problem, input.time.unix)
  }
  return {
    revision,
    decideWritten,
    decide: (input) => decideWritten(writtenOf(input), input),
    explain: (input) => watch(() => instance.explain(bytesOf(writtenOf(input)))),
  }
}
