import type { SimulationThread } from './simulation-thread.ts'

/** On a machine that is overloaded a thread that only waits for its turn has done nothing wrong: it is ended when it has computed for half as long again. */
const mostDeadlines = 20

/** Says whether one task of a thread has run too long, when it is looked at again and again. The same measure as for live decisions. */
export class Overtime {
  readonly #thread: SimulationThread
  readonly #deadlineMs: number
  #late: { readonly evaluation: number; readonly cpuMs: number } | null = null
  #looking = false

  constructor(thread: SimulationThread, deadlineMs: number) {
    this.#thread = thread
    this.#deadlineMs = deadlineMs
  }

  async isOver(): Promise<boolean> {
    const thread = this.#thread
    if (thread.runningMs() <= this.#deadlineMs || this.#looking) return false
    if (thread.runningMs() > this.#deadlineMs * mostDeadlines) return true
    this.#looking = true
    const evaluation = thread.evaluation()
    const cpuMs = await thread.cpuMs()
    this.#looking = false
    if (cpuMs === null || thread.evaluation() !== evaluation || thread.runningMs() <= this.#deadlineMs) return false
    if (this.#late?.evaluation !== evaluation) this.#late = { evaluation, cpuMs }
    return cpuMs - this.#late.cpuMs >= this.#deadlineMs / 2
  }
}
