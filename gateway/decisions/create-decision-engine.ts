import { newDecisionId, newDecisionIds } from '../basics/ids.ts'
import { ActivationListeners } from './activation-listeners.ts'
import { cappedResult } from './capped-result.ts'
import type { CompiledPolicy } from './compiled-policy.ts'
import type { Decision, DecisionRecord } from './decision.ts'
import { questionOf, wholeText, type Question } from './decision-cache.ts'
import { defaultLimits } from './decision-engine-limits.ts'
import type { DecisionEngineLimits } from './decision-engine-limits.ts'
import type {
  ActivationListener,
  DecideAnewOptions,
  DecidedAnew,
  DecisionEngine,
  DecisionEngineOptions,
  DecisionStatistics,
  PreparedPolicy,
  ServingPoint,
} from './decision-engine.ts'
import { decisionInputSchema, timeOf, type DecisionInput } from './decision-input.ts'
import type { EvaluationPool } from './evaluation-pool.ts'
import { fitsDecisionInput } from './fits-decision-input.ts'
import { KnownAnswers } from './known-answers.ts'
import { LateLog } from './late-log.ts'
import type { Evaluation } from './policy-instance.ts'
import { policyErrorResult } from './policy-error.ts'
import type { PolicyReasons } from './policy-reasons.ts'
import type { PolicyProblem } from './policy-error.ts'
import { recordRows, type LogRow } from './record-rows.ts'
import { servingPoints } from './serving-points.ts'
import { notLoadable, warmPool } from './warm-pool.ts'

/** Its record, from the cache or of a new evaluation; `text` as it goes to the log. */
interface Answered extends Question, LogRow {}

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
  readonly #known: KnownAnswers
  /** Whether it failed. */
  readonly #record: (rows: readonly LogRow[]) => Promise<boolean>
  readonly #late: LateLog
  #pool: EvaluationPool | null = null
  #since: number
  #activation: Promise<void> = Promise.resolve()
  readonly #listeners: ActivationListeners
  readonly #pending = new Set<Promise<unknown>>()
  #draining = false
  readonly #counts = { evaluations: 0, cacheHits: 0, policyErrors: 0, refusedByQueue: 0, endedTimeouts: 0, endedRestarts: 0 }

  constructor(options: DecisionEngineOptions) {
    this.#options = options
    this.#listeners = new ActivationListeners(options.logger)
    this.#since = options.clock.nowMs()
    this.#limits = { ...defaultLimits, ...options.limits }
    this.#known = new KnownAnswers({ clock: options.clock, maxEntries: this.#limits.cacheEntries })
    this.#record = (rows) => recordRows(options.log, options.logger, rows)
    this.#late = new LateLog({ write: this.#record, clock: options.clock, limits: this.#limits })
  }

  get statistics(): DecisionStatistics {
    const { endedTimeouts, endedRestarts, ...counts } = this.#counts
    const { timeouts = 0, restarts = 0 } = this.#pool ?? {}
    return { ...counts, timeouts: endedTimeouts + timeouts, workerRestarts: endedRestarts + restarts }
  }

  serving = (): readonly ServingPoint[] => servingPoints({ revision: this.revision, since: this.#since }, this.#pool)

  async decide(input: DecisionInput): Promise<Decision> {
    const question = questionOf(input)
    const known = this.#draining ? null : this.#hit(question)
    if (known !== null) return known
    const [decision] = await this.#start([question])
    return decision ?? this.#deny(input, 'wrong_shape')
  }

  decideMany(inputs: readonly DecisionInput[]): Promise<readonly Decision[]> {
    return this.#start(inputs.map(questionOf))
  }

  decideAnew(inputs: readonly DecisionInput[], { patient = false }: DecideAnewOptions = {}): Promise<DecidedAnew> {
    const questions = inputs.map(questionOf)
    return this.#draining ? Promise.resolve(this.#denyAll(questions, 'closed')) : this.#whilePending(this.#decideAnew(questions, patient))
  }

  #start(questions: readonly Question[]): Promise<readonly Decision[]> {
    return this.#draining ? this.#denyAll(questions, 'closed').logged : this.#whilePending(this.#decideNow(questions))
  }

  #whilePending<Result>(work: Promise<Result>): Promise<Result> {
    this.#pending.add(work)
    return work.finally(() => this.#pending.delete(work))
  }

  async activate(policy: CompiledPolicy): Promise<void> {
    const prepared = await this.prepare(policy)
    await prepared.use()
  }

  async prepare(policy: CompiledPolicy): Promise<PreparedPolicy> {
    if (this.#draining) throw notLoadable('the gateway is shutting down')
    const pool = await warmPool({ policy, limits: this.#limits, logger: this.#options.logger, clock: this.#options.clock })
    // Not the policy itself: its Wasm is held by the workers.
    const { revision, reasons } = policy
    return {
      revision,
      use: () => {
        const work = this.#activation.then(() => this.#swap({ revision, reasons }, pool))
        this.#activation = work.then(noMatter, noMatter)
        return work
      },
      discard: () => pool.close('closed'),
    }
  }

  onActivated(listener: ActivationListener): () => void {
    return this.#listeners.add(listener)
  }

  async drain(): Promise<void> {
    this.#draining = true
    await this.#settle()
    await Promise.allSettled([this.#activation])
  }

  async close(): Promise<void> {
    this.#draining = true
    await this.#activation
    await this.#pool?.close('closed')
    await this.#settle()
    this.#known.forget()
  }

  /** What was answered may still be on its way to the log. */
  async #settle(): Promise<void> {
    while (this.#pending.size > 0) await Promise.allSettled(this.#pending)
  }

  async #decideNow(questions: readonly Question[]): Promise<readonly Decision[]> {
    for (let round = 0; round < mostRounds; round += 1) {
      const { revision } = this
      const answers = await this.#evaluate(questions, revision)
      // An answer of a policy that is no longer active must not open anything.
      if (this.revision !== revision) continue
      const failed = await this.#record(answers.filter(isNew))
      if (this.revision === revision) return answers.map((answer) => this.#settled(answer, failed))
    }
    return this.#denyAll(questions, 'policy_keeps_changing').logged
  }

  async #decideAnew(questions: readonly Question[], patient: boolean): Promise<DecidedAnew> {
    await this.#late.begin()
    try {
      for (let round = 0; round < mostRounds; round += 1) {
        const { revision } = this
        const answers = await this.#evaluate(questions, revision, patient)
        if (this.revision !== revision) continue
        const fresh = answers.filter(isNew)
        const later = this.#late.add(fresh.filter(({ record }) => record.result.allow))
        const failed = await this.#record(fresh.filter(({ record }) => !record.result.allow))
        const logged = later.then((lost) => answers.map((answer) => this.#settled(answer, answer.record.result.allow ? lost : failed)))
        void this.#whilePending(logged)
        if (this.revision === revision) return { records: answers.map(({ record }) => record), logged }
      }
    } finally {
      this.#late.end()
    }
    return this.#denyAll(questions, 'policy_keeps_changing')
  }

  async #evaluate(questions: readonly Question[], revision: string, patient = false): Promise<readonly Answered[]> {
    const hits = questions.map((question) => this.#hit(question))
    const missed = questions.filter((_, index) => (hits[index] ?? null) === null)
    const evaluatedAt = this.#options.clock.nowMs()
    const ids = newDecisionIds(this.#options.random, evaluatedAt, missed.length)
    // Once for the worker and the log; nothing of facts that do not fit.
    const texts = missed.map(({ input, written }) => (written !== null && fitsDecisionInput(input) ? wholeText(written, input) : undefined))
    const evaluations = await Promise.all(missed.map(({ input }, index) => this.#ask(input, texts[index], patient)))
    const fresh = missed.map((question, index): Answered => {
      const [id, evaluation, text, { input }] = [ids[index], evaluations[index], texts[index], question]
      const known = id !== undefined && evaluation !== undefined
      const record = known ? this.#recordOf({ id, input, evaluation, revision, evaluatedAt }) : this.#deny(input, 'wrong_shape')
      return { ...question, record, text }
    })
    const inTurn = fresh.values()
    return questions.flatMap((question, index): Answered[] => {
      const hit = hits[index] ?? null
      const next = hit === null ? inTurn.next().value : { ...question, record: hit, text: undefined }
      return next === undefined ? [] : [next]
    })
  }

  /** @param failed it could not be recorded */
  #settled(answer: Answered, failed: boolean): Decision {
    const { input, record } = answer
    if (record.cached) return branded(record)
    if (failed && record.result.allow) return this.#deny(input, 'not_logged', record)
    if (!failed && this.revision === record.revision) this.#known.keep(answer, record)
    return branded(record)
  }

  #hit(question: Question): Decision | null {
    const entry = this.#known.find(question)
    if (entry === undefined) return null
    this.#counts.cacheHits += 1
    const { id, result, durationUs, evaluatedAt } = entry
    return branded({ id, input: question.input, result, revision: this.revision, cached: true, durationUs, evaluatedAt })
  }

  #recordOf({ id, input, evaluation, revision, evaluatedAt }: Evaluated): DecisionRecord {
    this.#counts.evaluations += 1
    if (!evaluation.ok) this.#noteProblem(evaluation.problem)
    const result = evaluation.ok
      ? cappedResult(evaluation.result, input, this.#limits.maxAgeS)
      : policyErrorResult(evaluation.problem, timeOf(input))
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

  #noteProblem(problem: PolicyProblem): void {
    if (problem === 'policy_keeps_changing') return
    this.#counts.policyErrors += 1
    if (problem === 'queue_full') this.#counts.refusedByQueue += 1
    this.#options.logger.error({ problem, revision: this.revision }, 'a decision ended in policy_error: denied')
  }

  #denyAll(questions: readonly Question[], problem: PolicyProblem): DecidedAnew {
    const denied = questions.map(({ input }) => this.#deny(input, problem))
    return { records: denied, logged: Promise.resolve(denied) }
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
    this.#known.forget()
    this.#since = this.#options.clock.nowMs()
    if (last !== null) {
      this.#counts.endedTimeouts += last.timeouts
      this.#counts.endedRestarts += last.restarts
      this.#options.logger.info({ revision: policy.revision }, 'policy activated')
    }
    // What still ran there is asked again: its answer would have been that of the old policy. Nobody waits for its threads to be gone.
    const gone = last?.close('policy_keeps_changing')
    const settled = this.#listeners.tell(policy.revision)
    await gone
    return { settled }
  }
}

const noMatter = (): void => {}

const isNew = ({ record }: Answered): boolean => !record.cached

/** The one place where a decision is made. */
const branded = (record: DecisionRecord): Decision => record as Decision
