import type { Logger } from '../basics/logger.ts'
import type { EvaluationWorker } from './evaluation-worker.ts'
import type { Evaluation } from './policy-instance.ts'
import type { PolicyProblem } from './policy-error.ts'
import { WaitingQuestions, type WaitingQuestion } from './waiting-questions.ts'

export interface EvaluationPoolOptions {
  readonly startWorker: () => EvaluationWorker
  /** Unix milliseconds. */
  readonly nowMs: () => number
  readonly logger: Logger
  /**
   * Real milliseconds for one evaluation, from the worker's own mark. Past it the worker is ended once it has computed for half as long again: on a
   * machine that is overloaded a thread that only waits for its turn has done nothing wrong. It is ended in any case after twenty times of it.
   */
  readonly deadlineMs: number
  /** How many questions may wait. More are refused at once. */
  readonly maxQueued: number
  /** How long a question may wait for its turn. */
  readonly maxWaitMs: number
  readonly batchSize: number
}

/** One worker that evaluates, one that is warm and waits to take over; meanwhile it helps with what nobody looks on for. */
export interface EvaluationPool {
  /** @throws the reason why the policy could not be loaded */
  start(): Promise<void>
  /**
   * @param input JSON of a policy input
   * @param patient nobody looks on while it waits: others go first, but for a part of each batch
   */
  evaluate(input: string, patient?: boolean): Promise<Evaluation>
  readonly timeouts: number
  readonly restarts: number
  /** Those that are warm, with the time since when; the first evaluates. */
  workers(): readonly { readonly thread: number; readonly since: number }[]
  /** Resolves when nothing is waiting or running. */
  idle(): Promise<void>
  /** Ends both workers; what still waits is answered with `problem`. */
  close(problem: PolicyProblem): Promise<void>
}

interface Running {
  readonly worker: EvaluationWorker
  readonly items: readonly WaitingQuestion[]
  ended: 'timeout' | null
  /** What the thread had computed when its item was first seen past the deadline. */
  late: { readonly item: number; readonly cpuMs: number } | null
  looking: boolean
}

const watchEveryMs = 5
const mostDeadlines = 20
const restartDelayMs = 100
/** So many questions in a row that took too long, and nothing answered in between: the policy answers nothing. */
const hopelessAfter = 8

export function createEvaluationPool(options: EvaluationPoolOptions): EvaluationPool {
  return new Pool(options)
}

class Pool implements EvaluationPool {
  timeouts = 0
  restarts = 0
  readonly #options: EvaluationPoolOptions
  /** Warm workers; the first evaluates, the other one patient questions. */
  #workers: EvaluationWorker[] = []
  readonly #starting = new Set<EvaluationWorker>()
  readonly #queue = new WaitingQuestions()
  readonly #warmSince = new WeakMap<EvaluationWorker, number>()
  #running: readonly Running[] = []
  #watch: NodeJS.Timeout | null = null
  /** Questions in a row that took too long. */
  #tooLong = 0
  #scheduled = false
  #closed: PolicyProblem | null = null
  #idle: (() => void)[] = []

  constructor(options: EvaluationPoolOptions) {
    this.#options = options
  }

  /** The spare as well: it would otherwise start while everything that lives is asked of the new policy. */
  async start(): Promise<void> {
    const both = [this.#options.startWorker(), this.#options.startWorker()]
    for (const worker of both) this.#starting.add(worker)
    const settled = await Promise.allSettled(both.map(({ ready }) => ready))
    for (const worker of both) this.#starting.delete(worker)
    const [first, second] = settled
    if (first?.status === 'rejected' && second?.status === 'rejected') throw first.reason
    for (const [index, worker] of both.entries()) if (settled[index]?.status === 'fulfilled') this.#adopt(worker)
    this.#startSpare()
  }

  evaluate(input: string, patient = false): Promise<Evaluation> {
    if (this.#closed !== null) return Promise.resolve(failed(this.#closed))
    if (this.#queue.length >= this.#options.maxQueued) return Promise.resolve(failed('queue_full'))
    const { promise, resolve } = Promise.withResolvers<Evaluation>()
    this.#queue.push({ input, patient, resolve, queuedAt: performance.now(), strikes: 0 })
    this.#watch ??= setInterval(() => this.#look(), watchEveryMs)
    this.#schedule()
    return promise
  }

  workers(): readonly { readonly thread: number; readonly since: number }[] {
    return this.#workers.map((worker) => ({ thread: worker.thread, since: this.#warmSince.get(worker) ?? 0 }))
  }

  idle(): Promise<void> {
    if (this.#queue.length === 0 && this.#running.length === 0) return Promise.resolve()
    return new Promise((resolve) => this.#idle.push(resolve))
  }

  async close(problem: PolicyProblem): Promise<void> {
    this.#closed ??= problem
    const workers = [...this.#workers, ...this.#starting]
    this.#workers = []
    const waiting = [...this.#running.flatMap(({ items }) => items), ...this.#queue.takeAll()]
    this.#running = []
    for (const item of waiting) item.resolve(failed(problem))
    this.#rest()
    await Promise.all(workers.map((worker) => worker.terminate()))
  }

  /** Questions of one turn of the event loop go to the worker together. */
  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      this.#runAll()
    })
  }

  #runAll(): void {
    const { batchSize } = this.#options
    for (const [index, worker] of this.#workers.entries()) {
      if (this.#running.some((running) => running.worker === worker)) continue
      const items = index === 0 ? this.#queue.take(batchSize) : this.#queue.takePatient(batchSize)
      if (items.length > 0) void this.#run(worker, items)
    }
    this.#rest()
  }

  async #run(worker: EvaluationWorker, items: readonly WaitingQuestion[]): Promise<void> {
    const running: Running = { worker, items, ended: null, late: null, looking: false }
    this.#running = [...this.#running, running]
    const evaluations = await worker.run(items.map((item) => item.input))
    if (!this.#running.includes(running)) return
    this.#running = this.#running.filter((other) => other !== running)
    if (evaluations === null) this.#again(running)
    else {
      this.#tooLong = 0
      for (const [index, item] of items.entries()) item.resolve(evaluations[index] ?? failed('wrong_shape'))
    }
    this.#schedule()
  }

  /** The worker died: what it was at gets one more chance on the spare, the rest goes back to its place. */
  #again({
    worker,
    items,
    ended,
  }: {
    readonly worker: EvaluationWorker
    readonly items: readonly WaitingQuestion[]
    readonly ended: 'timeout' | null
  }): void {
    const guilty = items[worker.currentItem()]
    // What stood before it was answered, though nobody hears it.
    if (guilty !== items[0]) this.#tooLong = 0
    if (guilty !== undefined) guilty.strikes += 1
    const rest = items.filter((item) => item !== guilty)
    const given = guilty !== undefined && guilty.strikes >= 2
    if (given) guilty.resolve(failed(ended ?? 'worker_died'))
    this.#queue.putBack([...(guilty !== undefined && !given ? [guilty] : []), ...rest])
    if (given && ended === 'timeout') this.#countTooLong()
  }

  /** Thousands of sessions are not left open for as long as each of them would take: what would wait for its turn in vain is denied now. */
  #countTooLong(): void {
    this.#tooLong += 1
    if (this.#tooLong < hopelessAfter) return
    for (const item of this.#queue.takeAllPatient()) item.resolve(failed('timeout'))
  }

  #look(): void {
    for (const running of this.#running)
      if (running.ended === null && running.worker.runningMs() > this.#options.deadlineMs) void this.#lookCloser(running)
    const late = this.#queue.takeOlderThan(performance.now() - this.#options.maxWaitMs)
    if (late.length === 0) return
    for (const item of late) item.resolve(failed('waited_too_long'))
    this.#schedule()
  }

  async #lookCloser(running: Running): Promise<void> {
    const { deadlineMs } = this.#options
    const { worker } = running
    if (worker.runningMs() > deadlineMs * mostDeadlines) return this.#endLate(running)
    if (running.looking) return
    running.looking = true
    const item = worker.currentItem()
    const cpuMs = await worker.cpuMs()
    running.looking = false
    if (cpuMs === null || !this.#running.includes(running) || worker.currentItem() !== item || worker.runningMs() <= deadlineMs) return
    if (running.late?.item !== item) running.late = { item, cpuMs }
    else if (cpuMs - running.late.cpuMs >= deadlineMs / 2) this.#endLate(running)
  }

  #endLate(running: Running): void {
    if (running.ended !== null) return
    running.ended = 'timeout'
    this.timeouts += 1
    this.#options.logger.warn({ deadlineMs: this.#options.deadlineMs }, 'policy took too long: its worker is ended')
    void running.worker.terminate()
  }

  #adopt(worker: EvaluationWorker): void {
    if (this.#closed !== null) return void worker.terminate()
    this.#workers.push(worker)
    this.#warmSince.set(worker, this.#options.nowMs())
    void worker.gone.then(() => {
      this.#workers = this.#workers.filter((other) => other !== worker)
      if (this.#closed !== null) return
      this.restarts += 1
      this.#startSpare()
      this.#schedule()
    })
    this.#schedule()
  }

  #startSpare(): void {
    if (this.#closed !== null || this.#workers.length + this.#starting.size >= 2) return
    const worker = this.#options.startWorker()
    this.#starting.add(worker)
    worker.ready.then(
      () => {
        this.#starting.delete(worker)
        this.#adopt(worker)
        this.#startSpare()
      },
      (error: unknown) => {
        this.#starting.delete(worker)
        // It was ended with the pool.
        if (this.#closed !== null) return
        this.#options.logger.error({ error: String(error) }, 'a policy worker did not start; trying again')
        setTimeout(() => this.#startSpare(), restartDelayMs).unref()
      },
    )
  }

  #rest(): void {
    if (this.#queue.length > 0 || this.#running.length > 0) return
    if (this.#watch !== null) clearInterval(this.#watch)
    this.#watch = null
    for (const resolve of this.#idle.splice(0)) resolve()
  }
}

const failed = (problem: PolicyProblem): Evaluation => ({ ok: false, problem, durationUs: 0 })
