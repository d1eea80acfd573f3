import type { ServiceName } from '../basics/ids.ts'
import type { Timer } from '../basics/clock.ts'
import type { Session } from './session.ts'

/** Why streams were cut: a reason of the closed list, or that the tunnel is gone for now. */
export type CutReason = string

/** A session that has not ended, with what hangs on it in this process: its streams and its timers. */
export class LiveSession {
  session: Session
  /** Named timers; setting one replaces it. */
  readonly #timers = new Map<string, Timer>()
  readonly #grants = new Map<ServiceName, { readonly abort: AbortController; openStreams: number }>()
  #queue: Promise<unknown> = Promise.resolve()

  constructor(session: Session) {
    this.session = session
  }

  /** Runs after everything that was asked for before. */
  serially<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#queue.then(work)
    this.#queue = result.catch(() => undefined)
    return result
  }

  /** The signal that every stream to this service listens to. */
  grantSignal(service: ServiceName): AbortSignal {
    return this.#grant(service).abort.signal
  }

  /** Counts a stream while it is open; the result ends the counting. */
  countStream(service: ServiceName): () => void {
    const grant = this.#grant(service)
    grant.openStreams += 1
    let counted = true
    return () => {
      if (counted) grant.openStreams -= 1
      counted = false
    }
  }

  openStreams(service: ServiceName): number {
    return this.#grants.get(service)?.openStreams ?? 0
  }

  /** Ends every stream in this moment; later ones need a new grant. */
  cutStreams(reason: CutReason): void {
    const grants = [...this.#grants.values()]
    this.#grants.clear()
    for (const grant of grants) grant.abort.abort(reason)
  }

  setTimer(name: string, timer: Timer | null): void {
    this.#timers.get(name)?.cancel()
    if (timer === null) this.#timers.delete(name)
    else this.#timers.set(name, timer)
  }

  cancelTimers(): void {
    for (const timer of this.#timers.values()) timer.cancel()
    this.#timers.clear()
  }

  #grant(service: ServiceName): { readonly abort: AbortController; openStreams: number } {
    let grant = this.#grants.get(service)
    if (grant === undefined) {
      grant = { abort: new AbortController(), openStreams: 0 }
      this.#grants.set(service, grant)
    }
    return grant
  }
}
