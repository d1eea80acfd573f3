import type { Clock } from '../basics/clock.ts'
import { newDecisionId, newDecisionIds } from '../basics/ids.ts'
import type { Logger } from '../basics/logger.ts'
import type { Random } from '../basics/random.ts'
import type { CompiledPolicy } from './compiled-policy.ts'
import type { Decision, DecisionRecord } from './decision.ts'
import { createDecisionCache, wholeText, writeInput } from './decision-cache.ts'
import type { DecisionCache, WrittenInput } from './decision-cache.ts'
import { defaultLimits } from './decision-engine-limits.ts'
import type { DecisionEngineLimits } from './decision-engine-limits.ts'
import type { ActivationListener, DecideManyOptions, DecisionEngine, DecisionStatistics, PreparedPolicy } from './decision-engine.ts'
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

interface Question {
  readonly input: DecisionInput
  readonly written: WrittenInput | null
}

interface Evaluated extends Pick<DecisionRecord, 'id' | 'input' | 'revision' | 'evaluatedAt'> {
  readonly evaluation: Evaluation
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
    const question = { input, written: writeInput(input) }
    const known = this.#draining ? null : this.#hit(question)
    if (known !== null) return known
    const [decision] = await this.#start([question], false)
    return decision ?? this.#deny(input, 'wrong_shape')
  }

  decideMany(inputs: readonly DecisionInput[], { patient = false }: DecideManyOptions = {}): Promise<readonly Decision[]> {
    return this.#start(
      inputs.map((input) => ({ input, written: writeInput(input) })),
      patient,
    )
  }

  #start(questions: readonly Question[], patient: boolean): Promise<readonly Decision[]> {
    if (this.#draining) return Promise.resolve(questions.map(({ input }) => this.#deny(input, 'closed')))
    const work = this.#decideRounds(questions, patient)
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

  async #decideRounds(questions: readonly Question[], patient: boolean): Promise<readonly Decision[]> {
    for (let round = 0; round < mostRounds; round += 1) {
      const revision = this.revision
      const decisions = await this.#decideOnce(questions, revision, patient)
      // An answer of a policy that is no longer active must not open anything.
      if (this.revision === revision) return decisions
    }
    return questions.map(({ input }) => this.#deny(input, 'policy_keeps_changing'))
  }

  async #decideOnce(questions: readonly Question[], revision: string, patient: boolean): Promise<readonly Decision[]> {
    const hits = questions.map((question) => this.#hit(question))
    const missed = questions.filter((_, index) => (hits[index] ?? null) === null)
    if (missed.length === 0) return hits.filter((hit) => hit !== null)
    const evaluatedAt = this.#options.clock.nowMs()
    const ids = newDecisionIds(this.#options.random, evaluatedAt, missed.length)
    // Once for the worker and the log; nothing of facts that do not fit.
    const texts = missed.map(({ input, written }) => (written !== null && fitsDecisionInput(input) ? wholeText(written, input) : undefined))
    const evaluations = await Promise.all(missed.map(({ input }, index) => this.#ask(input, texts[index], patient)))
    const records = missed.map(({ input }, index) => {
      const [id, evaluation] = [ids[index], evaluations[index]]
      return id === undefined || evaluation === undefined
        ? this.#deny(input, 'wrong_shape')
        : this.#recordOf({ id, input, evaluation, revision, evaluatedAt })
    })
    if (this.revision !== revision) return []
    const unlogged = await this.#record(records, texts)
    const fresh = records.values()
    return questions.map(({ input, written }, index) => {
      const hit = hits[index] ?? null
      if (hit !== null) return hit
      const record = fresh.next().value
      if (record === undefined) return this.#deny(input, 'wrong_shape')
      if (unlogged && record.result.allow) return this.#deny(input, 'not_logged', record)
      if (!unlogged && this.revision === revision) this.#keep(written, record)
      return branded(record)
    })
  }

  #hit({ input, written }: Question): Decision | null {
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

  #recordOf({ id, input, evaluation, revision, evaluatedAt }: Evaluated): DecisionRecord {
    this.#counts.evaluations += 1
    if (!evaluation.ok) this.#noteProblem(evaluation.problem)
    const result = evaluation.ok ? this.#capped(evaluation.result, input) : policyErrorResult(evaluation.problem, timeOf(input))
    return { id, input, result, revision, cached: false, durationUs: evaluation.durationUs, evaluatedAt }
  }

  /** @param text the input as JSON; undefined: it does not fit */
  #ask(input: DecisionInput, text: string | undefined, patient: boolean): Promise<Evaluation> {
    if (text === undefined) {
      const problems = decisionInputSchema.safeParse(input).error?.issues.map((issue) => issue.path.join('.')) ?? []
      this.#options.logger.error({ problems }, 'facts do not fit the policy input')
      return Promise.resolve({ ok: false, problem: 'bad_input', durationUs: 0 })
    }
    if (this.#pool !== null) return this.#pool.evaluate(text, patient)
    return Promise.resolve({ ok: false, problem: this.#draining ? 'closed' : 'no_policy', durationUs: 0 })
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

const isPolicyError = (result: DecisionResult): boolean => result.denials.some((denial) => denial.code === 'policy_error')

/** The one place where a decision is made. */
const branded = (record: DecisionRecord): Decision => record as Decision

function frozen(result: DecisionResult): DecisionResult {
  for (const part of [result.denials, result.missing, result.limits, result.limits.services, result.limits.request_rules])
    Object.freeze(part)
  return Object.freeze(result)
}
