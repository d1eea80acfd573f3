import type { DecisionInput } from '../../decisions/decision-input.ts'
import type { DecisionResult } from '../../decisions/decision-result.ts'
import { fitsDecisionInput } from '../../decisions/fits-decision-input.ts'
import { policyErrorResult } from '../../decisions/policy-error.ts'
import type { AskedPolicy } from './asked-policy.ts'
import { changedLimits, compareResults, type ResultChange } from './compare-results.ts'
import { rulesAgainst } from './explained-decision.ts'

/** One row of the decision log: input and result are JSON, as they are kept. */
export interface LoggedDecision {
  readonly id: string
  /** Unix milliseconds. */
  readonly evaluatedAt: number
  readonly revision: string
  readonly input: string
  readonly result: string
}

export interface LoggedChange {
  readonly decision: string
  readonly kind: Exclude<ResultChange, 'same'>
  readonly timeMs: number
  readonly action: string
  readonly person: { readonly id: string; readonly name: string }
  readonly machine: string
  readonly service: string | null
  readonly rules: readonly string[]
  readonly codes: readonly string[]
}

export interface ComparedBatch {
  readonly changes: readonly LoggedChange[]
  readonly same: number
  /** Inputs that do not fit the contract as it is now. */
  readonly otherShape: number
  /** Decided by another revision than the active one. */
  readonly otherRevisions: number
}

/** Logged decisions, asked again of `target`. `against` `log`: compared with what was decided then; `active`: with what `active` decides now. */
export async function compareLogged(options: {
  readonly target: AskedPolicy
  readonly active: AskedPolicy
  readonly against: 'log' | 'active'
  readonly rows: readonly LoggedDecision[]
}): Promise<ComparedBatch> {
  const { target, active, against, rows } = options
  const changes: LoggedChange[] = []
  let [otherShape, otherRevisions] = [0, 0]
  for (const row of rows) {
    if (row.revision !== active.revision) otherRevisions += 1
    const input = JSON.parse(row.input) as DecisionInput
    const fits = fitsDecisionInput(input)
    if (!fits) otherShape += 1
    const ask = (policy: AskedPolicy): Promise<DecisionResult> | DecisionResult =>
      fits ? policy.decideWritten(row.input, input) : policyErrorResult('bad_input', 0)
    const before = against === 'log' ? (JSON.parse(row.result) as DecisionResult) : await ask(active)
    const after = await ask(target)
    const kind = compareResults(input.action, before, after)
    if (kind !== 'same') changes.push({ ...factsOf(row, input), kind, ...(await why(kind, { target, active, input, before, after })) })
  }
  return { changes, same: rows.length - changes.length, otherShape, otherRevisions }
}

/** The input may be of another shape: nothing in it is relied on. */
function factsOf(row: LoggedDecision, input: DecisionInput): Omit<LoggedChange, 'kind' | 'rules' | 'codes'> {
  const { technician, device, service, action } = input as { readonly [Name in keyof DecisionInput]?: DecisionInput[Name] | undefined }
  return {
    decision: row.id,
    timeMs: row.evaluatedAt,
    action: action ?? '',
    person: { id: technician?.id ?? '', name: technician?.name ?? '' },
    machine: device?.id ?? '',
    service: service?.name ?? null,
  }
}

interface Both {
  readonly target: AskedPolicy
  readonly active: AskedPolicy
  readonly input: DecisionInput
  readonly before: DecisionResult
  readonly after: DecisionResult
}

async function why(
  kind: LoggedChange['kind'],
  { target, active, input, before, after }: Both,
): Promise<Pick<LoggedChange, 'rules' | 'codes'>> {
  if (kind === 'changed_limits') return { rules: changedLimits(input.action, before, after).map((name) => `limits.${name}`), codes: [] }
  if (kind === 'errors') return { rules: ['policy_error'], codes: ['policy_error'] }
  const denied = kind === 'newly_allowed' ? before : after
  const codes = [...new Set(denied.denials.map(({ code }) => code))]
  return { codes, rules: await rulesAgainst(kind === 'newly_allowed' ? active : target, input, denied) }
}
