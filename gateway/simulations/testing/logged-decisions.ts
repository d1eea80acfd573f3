import type { CompiledPolicy } from '../../decisions/compiled-policy.ts'
import type { DecisionRecord } from '../../decisions/decision.ts'
import type { DecisionInput } from '../../decisions/decision-input.ts'
import type { DecisionResult } from '../../decisions/decision-result.ts'
import { policyErrorResult } from '../../decisions/policy-error.ts'
import { createPolicyInstance } from '../../decisions/policy-instance.ts'
import { compileWasm } from '../../decisions/wasm-module.ts'
import { withinLimits } from '../../decisions/within-limits.ts'

/** For tests: what a policy decides, on this thread and without the parts that are tested. */
export async function deciderOf({ wasm, data }: CompiledPolicy): Promise<(input: DecisionInput) => Promise<DecisionResult>> {
  const instance = await createPolicyInstance({ module: await compileWasm(wasm), data, maxMemoryPages: 512 })
  return async (input) => {
    const evaluation = await instance.evaluate(new TextEncoder().encode(JSON.stringify(input)).buffer)
    return evaluation.ok ? withinLimits(evaluation.result, input) : policyErrorResult(evaluation.problem, input.time.unix)
  }
}

/** As the log keeps it. */
export function recordOf(number: number, atMs: number, revision: string, input: DecisionInput, result: DecisionResult): DecisionRecord {
  const id = `dec_${number.toString(16).padStart(32, '0')}` as DecisionRecord['id']
  return { id, input, result, revision, cached: false, durationUs: 10, evaluatedAt: atMs }
}
