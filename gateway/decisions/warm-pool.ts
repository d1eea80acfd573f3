import type { Clock } from '../basics/clock.ts'
import { CodedError } from '../basics/coded-error.ts'
import type { Logger } from '../basics/logger.ts'
import type { CompiledPolicy } from './compiled-policy.ts'
import type { DecisionEngineLimits } from './decision-engine-limits.ts'
import { createEvaluationPool } from './evaluation-pool.ts'
import type { EvaluationPool } from './evaluation-pool.ts'
import { startEvaluationWorker } from './evaluation-worker.ts'
import type { EvaluationWorker } from './evaluation-worker.ts'
import { exampleDecisionInput } from './example-decision-input.ts'
import { compileWasm } from './wasm-module.ts'

export interface WarmPoolOptions {
  readonly policy: CompiledPolicy
  readonly limits: DecisionEngineLimits
  readonly logger: Logger
  readonly clock: Pick<Clock, 'nowMs'>
}

/**
 * Workers for one policy revision, of which the first has answered an example already. Wasm is compiled once for all of them.
 * @throws CodedError `policy_not_loadable`
 */
export async function warmPool({ policy, limits, logger, clock }: WarmPoolOptions): Promise<EvaluationPool> {
  const { maxMemoryPages, maxHeapMb, startTimeLimitMs, deadlineMs, maxQueued, maxWaitMs, batchSize } = limits
  const firstInput = new TextEncoder().encode(JSON.stringify(exampleDecisionInput())).buffer
  const module = await compileWasm(policy.wasm).catch((error: unknown) => Promise.reject(notLoadable(String(error), error)))
  const startWorker = (): EvaluationWorker =>
    startEvaluationWorker({ module, data: policy.data, maxMemoryPages, maxHeapMb, startTimeLimitMs, firstInput })
  const pool = createEvaluationPool({ deadlineMs, maxQueued, maxWaitMs, batchSize, startWorker, logger, nowMs: () => clock.nowMs() })
  try {
    await pool.start()
    return pool
  } catch (error) {
    await pool.close('closed')
    throw notLoadable(error instanceof Error ? error.message : String(error), error)
  }
}

export function notLoadable(why: string, cause?: unknown): CodedError {
  const message = `The policy cannot be loaded: ${why}. One that was active before stays active.`
  return new CodedError({ code: 'policy_not_loadable', message, remedy: 'fix', cause })
}
