import { CodedError, isCodedError } from '../basics/coded-error.ts'
import type { Clock } from '../basics/clock.ts'
import type { Logger } from '../basics/logger.ts'

export type JobState = 'running' | 'done' | 'failed' | 'cancelled'

/** Work that goes on behind an answer, and can be looked at meanwhile. */
export interface BackgroundJob {
  readonly id: string
  readonly progress: JobProgress
}

export interface JobProgress {
  state: JobState
  failure: { readonly code: string; readonly message: string } | null
  done: number
  total: number
  tookMs: number
}

export const newProgress = (): JobProgress => ({ state: 'running', failure: null, done: 0, total: 0, tookMs: 0 })

interface Kept<Job> {
  readonly job: Job
  readonly cancel: AbortController
  readonly startedMs: number
  readonly ended: Promise<void>
}

/** At once; a third is asked to wait. */
const mostRunning = 2
/** The one that ended longest ago is forgotten. */
const mostKept = 6

export class BackgroundJobs<Job extends BackgroundJob> {
  readonly #what: string
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #kept = new Map<string, Kept<Job>>()
  #closed = false

  constructor(options: { readonly what: string; readonly clock: Clock; readonly logger: Logger }) {
    this.#what = options.what
    this.#clock = options.clock
    this.#logger = options.logger
  }

  /** @throws CodedError `too_many_simulations` */
  start(job: Job, work: (signal: AbortSignal) => Promise<void>): Job {
    const running = [...this.#kept.values()].filter(({ job: { progress } }) => progress.state === 'running')
    if (running.length >= mostRunning || this.#closed) throw tooMany(this.#what)
    const cancel = new AbortController()
    const startedMs = this.#clock.monotonicMs()
    const ended = this.#carryOut(job, work(cancel.signal), startedMs)
    this.#kept.set(job.id, { job, cancel, startedMs, ended })
    const over = [...this.#kept.values()].filter((kept) => kept.job.progress.state !== 'running')
    for (const { job: old } of over.slice(0, Math.max(0, this.#kept.size - mostKept))) this.#kept.delete(old.id)
    return job
  }

  /** @throws CodedError `<what>_unknown` */
  get(id: string): Job {
    const kept = this.#kept.get(id)
    if (kept === undefined) {
      const message = `There is no such ${this.#what}. It may have been forgotten: the last ${mostKept} are kept, and none over a restart. Start it anew.`
      throw new CodedError({ code: `${this.#what}_unknown`, message, remedy: 'not_found' })
    }
    const { job, startedMs } = kept
    if (job.progress.state === 'running') job.progress.tookMs = this.#tookMs(startedMs)
    return job
  }

  cancel(id: string): void {
    const { progress } = this.get(id)
    if (progress.state === 'running') progress.state = 'cancelled'
    this.#kept.get(id)?.cancel.abort()
  }

  /** Resolves when it has ended, one way or the other. */
  async ended(id: string): Promise<void> {
    await this.#kept.get(id)?.ended
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const { cancel } of this.#kept.values()) cancel.abort()
    await Promise.all([...this.#kept.values()].map(({ ended }) => ended))
  }

  async #carryOut({ progress }: Job, work: Promise<void>, startedMs: number): Promise<void> {
    try {
      await work
      if (progress.state === 'running') progress.state = 'done'
    } catch (error) {
      if (progress.state === 'running') this.#fail(progress, error)
    }
    progress.tookMs = this.#tookMs(startedMs)
  }

  #fail(progress: JobProgress, error: unknown): void {
    if (isCodedError(error, 'simulation_cancelled')) return void (progress.state = 'cancelled')
    progress.state = 'failed'
    if (isCodedError(error)) return void (progress.failure = { code: error.code, message: error.message })
    this.#logger.error({ err: error }, `a ${this.#what} failed`)
    progress.failure = { code: 'internal_error', message: 'Something failed on our side; the log of the gateway says what.' }
  }

  readonly #tookMs = (startedMs: number): number => Math.round(this.#clock.monotonicMs() - startedMs)
}

function tooMany(what: string): CodedError {
  const message = `${mostRunning} of the kind (${what.replaceAll('_', ' ')}) run already. Wait for one, or cancel it.`
  return new CodedError({ code: 'too_many_simulations', message, remedy: 'retry' })
}
