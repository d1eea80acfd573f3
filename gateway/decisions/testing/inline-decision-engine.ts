import { systemRandom } from '../../basics/random.ts'
import { newDecisionId } from '../../basics/ids.ts'
import type { CompiledPolicy } from '../compiled-policy.ts'
import type { Decision } from '../decision.ts'
import type { ActivationListener, DecisionEngine } from '../decision-engine.ts'
import { decisionInputSchema, type DecisionInput } from '../decision-input.ts'
import type { DecisionResult } from '../decision-result.ts'
import { policyErrorResult } from '../policy-error.ts'
import { createPolicyInstance, type PolicyInstance } from '../policy-instance.ts'
import { withinLimits } from '../within-limits.ts'
import { compileWasm } from '../wasm-module.ts'

export interface InlineDecisionEngine extends DecisionEngine {
  /** Stands for another policy: changes what the policy answered. */
  overrule: (input: DecisionInput, result: DecisionResult) => DecisionResult
  /** Every answer is held back until this resolves. */
  held: Promise<void>
  /** What was asked, oldest first. */
  readonly asked: DecisionInput[]
  /** What is decided anew is written to the log once this resolves; where it rejects, it could not be. */
  log: Promise<void>
}

/** For tests with a fake clock: the policy answers on this thread and within this turn of the event loop; nothing is cached or logged. */
export async function inlineDecisionEngine(policy: CompiledPolicy): Promise<InlineDecisionEngine> {
  const instanceOf = async ({ wasm, data }: CompiledPolicy): Promise<PolicyInstance> =>
    createPolicyInstance({ module: await compileWasm(wasm), data, maxMemoryPages: 512 })
  const listeners = new Set<ActivationListener>()
  let instance = await instanceOf(policy)
  let closed = false

  const resultOf = async (input: DecisionInput): Promise<DecisionResult> => {
    if (closed) return policyErrorResult('closed', input.time.unix)
    if (!decisionInputSchema.safeParse(input).success) return policyErrorResult('bad_input', input.time.unix)
    const evaluation = await instance.evaluate(new TextEncoder().encode(JSON.stringify(input)).buffer)
    if (!evaluation.ok) return policyErrorResult(evaluation.problem, input.time.unix)
    const { result } = evaluation
    return { ...result, valid_until: Math.min(result.valid_until, input.time.unix + 60) }
  }

  const engine: InlineDecisionEngine = {
    revision: policy.revision,
    reasons: policy.reasons,
    overrule: (_input, result) => result,
    held: Promise.resolve(),
    asked: [],
    log: Promise.resolve(),
    statistics: { evaluations: 0, cacheHits: 0, timeouts: 0, policyErrors: 0, refusedByQueue: 0, workerRestarts: 0 },
    serving: () => [{ kind: 'main', name: 'main', revision: engine.revision, since: 0 }],
    async decide(input) {
      engine.asked.push(input)
      const { revision } = engine
      const result = withinLimits(engine.overrule(input, await resultOf(input)), input)
      await engine.held
      const id = newDecisionId(systemRandom, input.time.unix * 1000)
      return { id, input, result, revision, cached: false, durationUs: 0, evaluatedAt: input.time.unix * 1000 } as Decision
    },
    decideMany: (inputs) => Promise.all(inputs.map((input) => engine.decide(input))),
    async decideAnew(inputs) {
      const decisions = await Promise.all(inputs.map((input) => engine.decide(input)))
      const lost = decisions.map((decision): Decision => ({
        ...decision,
        result: policyErrorResult('not_logged', decision.input.time.unix),
      }))
      const logged = engine.log.then(
        () => decisions,
        () => lost,
      )
      return { records: decisions, logged }
    },
    activate: async (next) => void (await (await engine.prepare(next)).use()),
    async prepare(next) {
      const prepared = await instanceOf(next)
      return {
        revision: next.revision,
        use: async () => {
          instance = prepared
          Object.assign(engine, { revision: next.revision, reasons: next.reasons })
          return { settled: Promise.all(Array.from(listeners, (listener) => listener(next.revision))).then(() => {}) }
        },
        discard: async () => {},
      }
    },
    onActivated(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    drain: async () => void (closed = true),
    close: async () => void (closed = true),
  }
  return engine
}
