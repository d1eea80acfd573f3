import type { Clock } from '../basics/clock.ts'
import { newDecisionId } from '../basics/ids.ts'
import type { Logger } from '../basics/logger.ts'
import type { Random } from '../basics/random.ts'
import type { CompiledPolicy } from './compiled-policy.ts'
import type { Decision, DecisionRecord } from './decision.ts'
import { createDecisionCache, wholeText, writeInput } from './decision-cache.ts'
import type { DecisionCache, WrittenInput } from './decision-cache.ts'
import { defaultLimits } from './decision-engine-limits.ts'
import type { DecisionEngineLimits } from './decision-engine-limits.ts'
import type { ActivationListener, DecisionEngine, DecisionStatistics, PreparedPolicy } from './decision-engine.ts'
import { decisionInputSchema } from './decision-input.ts'
import type { DecisionInput } from './decision-input.ts'
import type { DecisionLog } from './decision-log.ts'
import type { DecisionResult } from './decision-result.ts'
import type { EvaluationPool } from './evaluation-pool.ts'
import { fitsDecisionInput } from './fits-decision-input.ts'
import type { Evaluation } from './policy-instance.ts'
import { policyErrorResult } from './policy-error.ts'
import type { PolicyReasons } from './policy-reasons.ts'
import type { PolicyProblem } from './policy-error.ts'
import { notLoadable, warmPool } from './warm-pool.ts'
import { withinLimits } from './within-limits.ts'

export interface DecisionEngineOptions {
  /** Null: there is none that can be trusted. Everything is denied until one is activated. */
  readonly policy: CompiledPolicy | null
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly log: DecisionLog
  readonly limits?: Partial<DecisionEngineLimits>
}

/** A decision is made anew when the policy changes under it, this often. */
const mostRounds = 3

/**
 * The engine of design.md, section 5: cache hits on this thread, misses in batches in a worker thread with a warm spare.
 * @throws CodedError `policy_not_loadable`
 */
export async function createDecisionEngine(options: DecisionEngineOptions): Promise<DecisionEngine> {
  const engine = new Engine(options)
  if (options.policy !== null) await engine.activate(options.policy)
  return engine
}

class Engine implements DecisionEngine {
  revision = ''
  reasons: PolicyReasons = { denials: {}, missing: {} }
  readonly #options: DecisionEngineOptions
  readonly #limits: DecisionEngineLimits
  readonly #cache: DecisionCache
  #pool: EvaluationPool | null = null
  #activation: Promise<void> = Promise.resolve()
  readonly #listeners = new Set<ActivationListener>()
  readonly #pending = new Set<Promise<unknown>>()
  #draining = false
  readonly #counts = { evaluations: 0, cacheHits: 0, policyErrors: 0, refusedByQueue: 0, endedTimeouts: 0, endedRestarts: 0 }

  constructor(options: DecisionEngineOptions) {
    this.#options = options
    this.#limits = { ...defaultLimits, ...options.limits }
    this.#cache = createDecisionCache({ maxEntries: this.#limits.cacheEntries })
  }

  get statistics(): DecisionStatistics {
    const { evaluations, cacheHits, policyErrors, refusedByQueue, endedTimeouts, endedRestarts } = this.#counts
    const timeouts = endedTimeouts + (this.#pool?.timeouts ?? 0)
    const workerRestarts = endedRestarts + (this.#pool?.restarts ?? 0)
    return { evaluations, cacheHits, policyErrors, refusedByQueue, timeouts, workerRestarts }
  }

  async decide(input: DecisionInput): Promise<Decision> {
    const written = writeInput(input)
    const known = this.#draining ? null : this.#hit(input, written)
    if (known !== null) return known
    const [decision] = await this.#start([input], [written])
    return decision ?? this.#deny(input, 'wrong_shape')
  }

  decideMany(inputs: readonly DecisionInput[]): Promise<readonly Decision[]> {
    return this.#start(inputs, inputs.map(writeInput))
  }

  #start(inputs: readonly DecisionInput[], written: readonly (WrittenInput | null)[]): Promise<readonly Decision[]> {
    if (this.#draining) return Promise.resolve(inputs.map((input) => this.#deny(input, 'closed')))
    const work = this.#decideRounds(inputs, written)
    this.#pending.add(work)
    return work.finally(() => this.#pending.delete(work))
  }

  async activate(policy: CompiledPolicy): Promise<void> {
    const prepared = await this.prepare(policy)
    await prepared.use()
  }

  async prepare(policy: CompiledPolicy): Promise<PreparedPolicy> {
    if (this.#draining) throw notLoadable('the gateway is shutting down')
    const pool = await warmPool({ policy, limits: this.#limits, logger: this.#options.logger })
    // Not the policy itself: its Wasm is held by the workers.
    const { revision, reasons } = policy
    return {
      revision,
      use: () => {
        const work = this.#activation.then(() => this.#swap({ revision, reasons }, pool))
        this.#activation = work.then(
          () => {},
          () => {},
        )
        return work
      },
      discard: () => pool.close('closed'),
    }
  }

  onActivated(listener: ActivationListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async drain(): Promise<void> {
    this.#draining = true
    await Promise.allSettled([...this.#pending, this.#activation])
  }

  async close(): Promise<void> {
    this.#draining = true
    await this.#activation
    await this.#pool?.close('closed')
    await Promise.allSettled(this.#pending)
    this.#cache.clear()
  }

  async #decideRounds(inputs: readonly DecisionInput[], written: readonly (WrittenInput | null)[]): Promise<readonly Decision[]> {
    for (let round = 0; round < mostRounds; round += 1) {
      const revision = this.revision
      const decisions = await this.#decideOnce(inputs, written, revision)
      // An answer of a policy that is no longer active must not open anything.
      if (this.revision === revision) return decisions
    }
    return inputs.map((input) => this.#deny(input, 'policy_keeps_changing'))
  }

  async #decideOnce(
    inputs: readonly DecisionInput[],
    written: readonly (WrittenInput | null)[],
    revision: string,
  ): Promise<readonly Decision[]> {
    const hits = inputs.map((input, index) => this.#hit(input, written[index] ?? null))
    if (hits.every((hit) => hit !== null)) return hits
    const fresh = await Promise.all(
      inputs.map((input, index) =>
        (hits[index] ?? null) === null ? this.#evaluate(input, written[index] ?? null, revision) : Promise.resolve(null),
      ),
    )
    if (this.revision !== revision) return []
    const texts = inputs.flatMap((input, index) => ((fresh[index] ?? null) === null ? [] : [textOf(input, written[index] ?? null)]))
    const unlogged = await this.#record(
      fresh.filter((record) => record !== null),
      texts,
    )
    return inputs.map((input, index) => {
      const record = fresh[index] ?? null
      if (record === null) return hits[index] ?? this.#deny(input, 'wrong_shape')
      if (unlogged && record.result.allow) return this.#deny(input, 'not_logged', record)
      if (!unlogged && this.revision === revision) this.#keep(written[index] ?? null, record)
      return branded(record)
    })
  }

  #hit(input: DecisionInput, written: WrittenInput | null): Decision | null {
    const now = Math.max(timeOf(input), this.#options.clock.nowS())
    const entry = written === null || !this.#isNow(input) ? undefined : this.#cache.get(written.key, now)
    if (entry === undefined) return null
    this.#counts.cacheHits += 1
    const { id, result, durationUs, evaluatedAt } = entry
    return branded({ id, input, result, revision: this.revision, cached: true, durationUs, evaluatedAt })
  }

  /** What is asked about another time than now (replay, a clock that jumped) neither uses nor fills the cache. */
  #isNow(input: DecisionInput): boolean {
    return Math.abs(timeOf(input) - this.#options.clock.nowS()) <= 1
  }

  #keep(written: WrittenInput | null, record: DecisionRecord): void {
    if (written === null || isPolicyError(record.result) || !this.#isNow(record.input)) return
    const { id, result, durationUs, evaluatedAt, input } = record
    this.#cache.set(written.key, { id, result, durationUs, evaluatedAt, from: input.time.unix })
  }

  async #evaluate(input: DecisionInput, written: WrittenInput | null, revision: string): Promise<DecisionRecord> {
    const evaluatedAt = this.#options.clock.nowMs()
    const evaluation = await this.#ask(input, written)
    this.#counts.evaluations += 1
    if (!evaluation.ok) this.#noteProblem(evaluation.problem)
    const result = evaluation.ok ? this.#capped(evaluation.result, input) : policyErrorResult(evaluation.problem, timeOf(input))
    const id = newDecisionId(this.#options.random, evaluatedAt)
    return { id, input, result, revision, cached: false, durationUs: evaluation.durationUs, evaluatedAt }
  }

  async #ask(input: DecisionInput, written: WrittenInput | null): Promise<Evaluation> {
    if (written === null || !fitsDecisionInput(input)) {
      const problems = decisionInputSchema.safeParse(input).error?.issues.map((issue) => issue.path.join('.')) ?? []
      this.#options.logger.error({ problems }, 'facts do not fit the policy input')
      return { ok: false, problem: 'bad_input', durationUs: 0 }
    }
    return this.#pool === null
      ? { ok: false, problem: this.#draining ? 'closed' : 'no_policy', durationUs: 0 }
      : this.#pool.evaluate(wholeText(written, input))
  }

  #capped(result: DecisionResult, input: DecisionInput): DecisionResult {
    // `=== true` once more, on this side of the thread: nothing else is ever an allowance.
    const held = withinLimits({ ...result, allow: result.allow === true }, input)
    return frozen({ ...held, valid_until: Math.min(held.valid_until, input.time.unix + this.#limits.maxAgeS) })
  }

  #noteProblem(problem: PolicyProblem): void {
    if (problem === 'policy_keeps_changing') return
    this.#counts.policyErrors += 1
    if (problem === 'queue_full') this.#counts.refusedByQueue += 1
    this.#options.logger.error({ problem, revision: this.revision }, 'a decision ended in policy_error: denied')
  }

  /** @returns whether it failed */
  async #record(records: readonly DecisionRecord[], inputs: readonly (string | undefined)[]): Promise<boolean> {
    try {
      const [first] = records
      if (first !== undefined && records.length === 1) await this.#options.log.append(first, inputs[0])
      else if (first !== undefined) await this.#options.log.appendMany(records, inputs)
      return false
    } catch (error) {
      this.#options.logger.error({ error: String(error), count: records.length }, 'decisions could not be recorded: nothing is allowed')
      return true
    }
  }

  #deny(input: DecisionInput, problem: PolicyProblem, record?: DecisionRecord): Decision {
    const evaluatedAt = record?.evaluatedAt ?? this.#options.clock.nowMs()
    const id = record?.id ?? newDecisionId(this.#options.random, evaluatedAt)
    const result = policyErrorResult(problem, timeOf(input))
    return branded({ id, input, result, revision: this.revision, cached: false, durationUs: record?.durationUs ?? 0, evaluatedAt })
  }

  async #swap(policy: Pick<CompiledPolicy, 'revision' | 'reasons'>, next: EvaluationPool): Promise<{ readonly settled: Promise<void> }> {
    // What is denied anyway needs no policy: the next start takes the new one.
    if (this.#draining) return { settled: next.close('closed') }
    const last = this.#pool
    this.#pool = next
    this.revision = policy.revision
    this.reasons = policy.reasons
    this.#cache.clear()
    if (last !== null) {
      this.#counts.endedTimeouts += last.timeouts
      this.#counts.endedRestarts += last.restarts
      // What still ran there is asked again: its answer would have been that of the old policy.
      await last.close('policy_keeps_changing')
      this.#options.logger.info({ revision: policy.revision }, 'policy activated')
    }
    const told = Array.from(this.#listeners, (listener) => this.#notify(listener))
    return { settled: Promise.all(told).then(() => {}) }
  }

  async #notify(listener: ActivationListener): Promise<void> {
    try {
      await listener(this.revision)
    } catch (error) {
      this.#options.logger.error({ error: String(error) }, 'a listener for policy activation failed')
    }
  }
}

/** 0 where the input is too broken to have one: it is denied without an evaluation. */
function timeOf(input: DecisionInput): number {
  const { time } = (input ?? {}) as Partial<DecisionInput>
  return Number.isSafeInteger(time?.unix) ? (time?.unix ?? 0) : 0
}

const textOf = (input: DecisionInput, written: WrittenInput | null): string | undefined =>
  written === null ? undefined : wholeText(written, input)

const isPolicyError = (result: DecisionResult): boolean => result.denials.some((denial) => denial.code === 'policy_error')

/** The one place where a decision is made. */
const branded = (record: DecisionRecord): Decision => record as Decision

function frozen(result: DecisionResult): DecisionResult {
  for (const part of [result.denials, result.missing, result.limits, result.limits.services, result.limits.request_rules])
    Object.freeze(part)
  return Object.freeze(result)
}
