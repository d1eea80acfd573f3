import type { Clock, Timer } from '../../basics/clock.ts'
import { CodedError } from '../../basics/coded-error.ts'
import type { Logger } from '../../basics/logger.ts'
import type { CompiledPolicy } from '../../decisions/compiled-policy.ts'
import { compileWasm, type WasmModule } from '../../decisions/wasm-module.ts'
import { Overtime } from './overtime.ts'
import { startSimulationThread, type SimulationThread } from './simulation-thread.ts'
import type { AnswerOf, QuestionOf, TaskName } from './simulation-tasks.ts'

export interface SimulationThreadsOptions {
  readonly clock: Clock
  readonly logger: Logger
  readonly limits?: Partial<SimulationLimits>
}

export interface SimulationLimits {
  readonly threads: number
  /** Real milliseconds for one evaluation, as for live decisions. */
  readonly deadlineMs: number
  readonly maxMemoryPages: number
  readonly maxHeapMb: number
  readonly maxQueued: number
  /** Evaluations that may run too long before the whole question is refused. */
  readonly mostStrikes: number
  /** A thread that has nothing to do for so long is ended. */
  readonly idleMs: number
}

const simulationLimits: SimulationLimits = {
  threads: 2,
  deadlineMs: 50,
  maxMemoryPages: 512,
  maxHeapMb: 192,
  maxQueued: 200,
  mostStrikes: 5,
  idleMs: 30_000,
}

/** `target` is tried; `active` is what it is compared with. */
export interface TriedPolicies {
  readonly target: CompiledPolicy
  readonly active: CompiledPolicy
}

export interface RunOptions {
  readonly signal?: AbortSignal | undefined
  /** Of a job of many tasks: all of them count together. */
  readonly strikes?: { count: number }
}

/** Threads in which policies are tried that decide nothing: not those of live decisions, and behind them in priority. */
export interface SimulationThreads {
  /** @throws CodedError `policy_too_slow`, `policy_not_loadable`, `simulation_cancelled`, `too_many_simulations`, `shutting_down` */
  run<Name extends TaskName>(name: Name, policies: TriedPolicies, question: QuestionOf<Name>, options?: RunOptions): Promise<AnswerOf<Name>>
  /** So many tasks keep every thread busy. */
  readonly width: number
  close(): Promise<void>
}

export const createSimulationThreads = (options: SimulationThreadsOptions): SimulationThreads => new Threads(options)

interface Task {
  readonly name: TaskName
  readonly policies: TriedPolicies
  readonly question: unknown
  readonly signal: AbortSignal | undefined
  readonly strikes: { count: number }
  readonly skip: number[]
  readonly resolve: (answer: never) => void
  readonly reject: (error: CodedError) => void
}

interface Running {
  readonly task: Task
  readonly overtime: Overtime
}

const watchEveryMs = 10

class Threads implements SimulationThreads {
  readonly #options: SimulationThreadsOptions
  readonly #limits: SimulationLimits
  readonly #threads = new Map<SimulationThread, Running | null>()
  readonly #modules = new WeakMap<CompiledPolicy, Promise<WasmModule>>()
  #queue: Task[] = []
  #watch: NodeJS.Timeout | null = null
  #idle: Timer | null = null
  #closed = false

  constructor(options: SimulationThreadsOptions) {
    this.#options = options
    this.#limits = { ...simulationLimits, ...options.limits }
  }

  get width(): number {
    return this.#limits.threads + 1
  }

  run<Name extends TaskName>(
    name: Name,
    policies: TriedPolicies,
    question: QuestionOf<Name>,
    { signal, strikes = { count: 0 } }: RunOptions = {},
  ): Promise<AnswerOf<Name>> {
    if (this.#closed) return Promise.reject(shuttingDown())
    if (signal?.aborted === true) return Promise.reject(cancelled())
    if (this.#queue.length >= this.#limits.maxQueued) return Promise.reject(tooMany())
    const { promise, resolve, reject } = Promise.withResolvers<AnswerOf<Name>>()
    this.#queue.push({ name, policies, question, signal, strikes, skip: [], resolve, reject })
    this.#next()
    return promise
  }

  async close(): Promise<void> {
    this.#closed = true
    const running = [...this.#threads.values()].flatMap((one) => (one === null ? [] : [one.task]))
    for (const task of [...running, ...this.#queue]) task.reject(shuttingDown())
    this.#queue = []
    this.#rest()
    this.#idle?.cancel()
    const threads = [...this.#threads.keys()]
    this.#threads.clear()
    await Promise.all(threads.map((thread) => thread.terminate()))
  }

  #next(): void {
    while (this.#queue.length > 0) {
      const thread = this.#freeThread()
      if (thread === undefined) return
      const task = this.#queue.shift()
      if (task === undefined) return
      if (task.signal?.aborted === true) task.reject(cancelled())
      else void this.#carryOut(thread, task)
    }
    if ([...this.#threads.values()].every((running) => running === null)) this.#rest()
  }

  #freeThread(): SimulationThread | undefined {
    const [free] = [...this.#threads].find(([, running]) => running === null) ?? []
    if (free !== undefined || this.#threads.size >= this.#limits.threads) return free
    const started = startSimulationThread(this.#limits)
    this.#threads.set(started, null)
    return started
  }

  async #carryOut(thread: SimulationThread, task: Task): Promise<void> {
    this.#threads.set(thread, { task, overtime: new Overtime(thread, this.#limits.deadlineMs) })
    this.#idle?.cancel()
    this.#watch ??= setInterval(() => this.#look(), watchEveryMs)
    const { target, active } = task.policies
    const message = await this.#give(thread, [target, active]).then(
      () => thread.run({ name: task.name, target: target.revision, active: active.revision, question: task.question, skip: task.skip }),
      (error: unknown) => ({ type: 'failed', message: String(error) }) as const,
    )
    if (this.#closed) return
    if (message === null) this.#again(thread, task)
    else this.#threads.set(thread, null)
    if (message?.type === 'answer') task.resolve(message.answer as never)
    if (message?.type === 'failed') task.reject(notLoadable(message.message))
    this.#next()
  }

  async #give(thread: SimulationThread, policies: readonly CompiledPolicy[]): Promise<void> {
    for (const policy of policies) {
      if (thread.has(policy.revision)) continue
      const compiled = this.#modules.get(policy) ?? compileWasm(policy.wasm)
      this.#modules.set(policy, compiled)
      thread.give(policy, await compiled)
    }
  }

  /** The thread died in an evaluation, or was ended for it: the task begins anew without that one, unless there were too many of them. */
  #again(thread: SimulationThread, task: Task): void {
    this.#threads.delete(thread)
    task.strikes.count += 1
    const { revision } = task.policies.target
    this.#options.logger.warn({ revision, evaluation: thread.evaluation() }, 'a policy that was tried took too long or too much memory')
    if (task.strikes.count > this.#limits.mostStrikes) return task.reject(tooSlow(this.#limits))
    task.skip.push(thread.evaluation())
    this.#queue.unshift(task)
  }

  #look(): void {
    for (const [thread, running] of this.#threads) {
      if (running === null) continue
      void running.overtime.isOver().then((over) => {
        if (over && this.#threads.get(thread) === running) void thread.terminate()
      })
    }
  }

  #rest(): void {
    if (this.#watch !== null) clearInterval(this.#watch)
    this.#watch = null
    this.#idle?.cancel()
    if (!this.#closed) this.#idle = this.#options.clock.after(this.#limits.idleMs, () => this.#endIdle())
  }

  #endIdle(): void {
    for (const [thread, running] of this.#threads) {
      if (running !== null) continue
      this.#threads.delete(thread)
      void thread.terminate()
    }
  }
}

function tooSlow({ deadlineMs, mostStrikes }: SimulationLimits): CodedError {
  const message = `More than ${mostStrikes} evaluations of this policy took longer than ${deadlineMs} ms or too much memory. Look for a rule that goes over large data or computes too much.`
  return new CodedError({ code: 'policy_too_slow', message, remedy: 'fix' })
}

function notLoadable(why: string): CodedError {
  return new CodedError({ code: 'policy_not_loadable', message: `The policy cannot be tried: ${why}.`, remedy: 'fix' })
}

const cancelled = (): CodedError =>
  new CodedError({ code: 'simulation_cancelled', message: 'The trial of this policy was cancelled.', remedy: 'gone' })

const tooMany = (): CodedError =>
  new CodedError({
    code: 'too_many_simulations',
    message: 'Too many policies are being tried at once. Try again in a moment.',
    remedy: 'retry',
  })

const shuttingDown = (): CodedError => new CodedError({ code: 'shutting_down', message: 'The gateway is shutting down.', remedy: 'retry' })
