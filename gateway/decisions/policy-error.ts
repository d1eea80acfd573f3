import type { DecisionResult } from './decision-result.ts'

/** Why there is no trustworthy answer. For logs and the decision log. */
export type PolicyProblem =
  | 'threw'
  | 'undefined'
  | 'wrong_shape'
  | 'timeout'
  | 'bad_input'
  | 'worker_died'
  | 'queue_full'
  | 'waited_too_long'
  | 'closed'
  | 'no_policy'
  | 'not_logged'
  | 'policy_keeps_changing'

const sentences: Readonly<Record<PolicyProblem, string>> = {
  threw: 'The policy ended in an error.',
  undefined: 'The policy gave no answer.',
  wrong_shape: 'The policy gave an answer outside of its contract.',
  timeout: 'The policy took too long.',
  bad_input: 'The facts do not fit the policy input.',
  worker_died: 'The evaluation of the policy died.',
  queue_full: 'Too many decisions are waiting.',
  waited_too_long: 'The decision waited too long for its turn.',
  closed: 'The gateway is shutting down.',
  no_policy: 'There is no policy that can be trusted: everything is denied until administrators recover it at the gateway itself.',
  not_logged: 'The decision could not be recorded.',
  policy_keeps_changing: 'The policy changed again and again during the decision.',
}

/** The denial for whatever cannot be decided (fail closed). Never cached. */
export function policyErrorResult(problem: PolicyProblem, unixS: number): DecisionResult {
  return {
    allow: false,
    denials: [{ code: 'policy_error', message: sentences[problem] }],
    missing: [],
    limits: { max_duration_s: 0, services: [], transfer: false, record: true, on_unexplained: 'pause', request_rules: [] },
    valid_until: Math.max(0, unixS),
  }
}

export const isPolicyError = (result: DecisionResult): boolean => result.denials.some((denial) => denial.code === 'policy_error')
