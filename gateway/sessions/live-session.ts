import type { Duplex } from 'node:stream'
import type { HoldReason, PauseReason } from '../../agent/wire/agent-api.ts'
import type { ChatMessage } from '../../agent/wire/chat.ts'
import type { Clock, Timer } from '../basics/clock.ts'
import type { ServiceName } from '../basics/ids.ts'
import type { EndSessionOptions } from './end-session.ts'
import type { Session } from './session.ts'

/** Why streams were cut: a reason of the closed list, or that the tunnel is gone for now. */
export type CutReason = string

interface Grant {
  readonly abort: AbortController
  readonly streams: Set<Duplex>
  /** What the decision behind the grant demands of each request. */
  readonly rules: string
}

interface Deadline {
  /** Unix seconds, as it is stored and shown. */
  readonly dueS: number
  /** The same moment on the monotonic clock of this process: the one that counts. */
  readonly dueMonotonicMs: number
  readonly timer: Timer
}

/** An ending, and when it was decided, Unix seconds. */
interface Decided {
  readonly options: EndSessionOptions
  readonly atS: number
}

/** How the operator lets it go on, as the agent enforces it. */
export interface SessionConduct {
  readonly paused: boolean
  readonly viewOnly: boolean
  /** What else keeps every byte, or those of a service, back at the machine; null: nothing. */
  readonly held: HoldReason | null
  /** Why it was paused where no operator did it, or null. */
  readonly why: PauseReason | null
  /** Who changed it last, or null. */
  readonly by: string | null
  /** By the monotonic clock; what stood still before it was not the fault of who is paused no more. */
  readonly changedAtMs: number
}

const freely: SessionConduct = { paused: false, viewOnly: false, held: null, why: null, by: null, changedAtMs: 0 }

/** A session that has not ended, with what hangs on it in this process: its streams and its timers. */
export class LiveSession {
  session: Session
  /** Rises each time that policy is asked anew: a decision from before opens no stream. */
  generation = 0
  conduct = freely
  /** Somebody at the machine has the technician's pages before him. */
  watched = false
  /** Ways of recorded pages to the operator that are open now. */
  recorders = 0
  /** Whether there are any, as people are told. */
  recorded = false
  /** The newest `chatShown` messages between its operator and its technician, oldest first. */
  chat: readonly ChatMessage[] = []
  #ending: Decided | null = null
  #retired = false
  readonly #timers = new Map<string, Timer>()
  readonly #deadlines = new Map<string, Deadline>()
  readonly #grants = new Map<ServiceName, Grant>()
  #queue: Promise<unknown> = Promise.resolve()

  constructor(session: Session) {
    this.session = session
  }

  /** Its end was decided, whether it is stored yet or not: nothing opens any more. */
  get ending(): boolean {
    return this.#ending !== null || this.session.state === 'ended'
  }

  /** How it ends, also while that is not stored yet; nothing while it lives. */
  get endsBy(): Pick<Session, 'endReason' | 'endedBy'> | undefined {
    if (this.session.state === 'ended') return this.session
    return this.#ending === null ? undefined : { endReason: this.#ending.options.reason, endedBy: this.#ending.options.by ?? null }
  }

  /** Of several endings the first wins, also while it is not stored yet: gives back that one. */
  beginEnding(options: EndSessionOptions, atS: number): Decided {
    return (this.#ending ??= { options, atS })
  }

  /** Runs after everything that was asked for before. */
  serially<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#queue.then(work)
    this.#queue = result.catch(() => undefined)
    return result
  }

  /** The signal that every stream to this service listens to. Other `rules` than before withdraw the grant that stood. */
  grantSignal(service: ServiceName, rules: string): AbortSignal {
    this.withdrawUnless(service, rules)
    let grant = this.#grants.get(service)
    if (grant === undefined) {
      grant = { abort: new AbortController(), streams: new Set(), rules }
      this.#grants.set(service, grant)
    }
    return grant.abort.signal
  }

  /** A grant whose decision demanded something else of requests is over; who held it asks anew. */
  withdrawUnless(service: ServiceName, rules: string): void {
    const grant = this.#grants.get(service)
    if (grant !== undefined && grant.rules !== rules) this.#cut(service, grant, 'policy_changed')
  }

  /** Holds a stream until it closes, so that the end of its grant ends it, whoever reads it. */
  keepStream(service: ServiceName, stream: Duplex): void {
    const streams = this.#grants.get(service)?.streams
    if (streams === undefined) return void stream.destroy()
    streams.add(stream)
    stream.once('close', () => streams.delete(stream))
  }

  openStreams(service: ServiceName): number {
    return this.#grants.get(service)?.streams.size ?? 0
  }

  /** Ends every stream in this moment, or those of services that `but` does not name; later ones need a new grant. */
  cutStreams(reason: CutReason, but: readonly ServiceName[] = []): void {
    for (const [service, grant] of this.#grants) if (!but.includes(service)) this.#cut(service, grant, reason)
  }

  setTimer(name: string, timer: Timer | null): void {
    this.#timers.get(name)?.cancel()
    this.#timers.delete(name)
    if (timer === null) return
    if (this.#retired) timer.cancel()
    else this.#timers.set(name, timer)
  }

  /**
   * Runs `run` at `dueS` by the monotonic clock. A deadline that moves (an extension) moves by as much as it was moved, so that a wall
   * clock that was set in between prolongs nothing.
   */
  setDeadline(clock: Clock, name: string, dueS: number | null, run: () => void): void {
    const before = this.#deadlines.get(name)
    if (before?.dueS === dueS) return
    before?.timer.cancel()
    this.#deadlines.delete(name)
    if (dueS === null || this.#retired) return
    const nowMs = clock.monotonicMs()
    const dueMonotonicMs = before === undefined ? nowMs + dueS * 1000 - clock.nowMs() : before.dueMonotonicMs + (dueS - before.dueS) * 1000
    this.#deadlines.set(name, { dueS, dueMonotonicMs, timer: clock.after(Math.max(0, dueMonotonicMs - nowMs), run) })
  }

  /** How long a deadline is away, milliseconds by the monotonic clock; null when it is not set. */
  msUntil(clock: Clock, name: string): number | null {
    const deadline = this.#deadlines.get(name)
    return deadline === undefined ? null : deadline.dueMonotonicMs - clock.monotonicMs()
  }

  /** No timer of it fires any more. */
  retire(): void {
    this.#retired = true
    for (const timer of this.#timers.values()) timer.cancel()
    for (const { timer } of this.#deadlines.values()) timer.cancel()
    this.#timers.clear()
    this.#deadlines.clear()
  }

  #cut(service: ServiceName, grant: Grant, reason: CutReason): void {
    this.#grants.delete(service)
    // Whoever holds the grant hears first and can say why; then the bytes stop in any case.
    grant.abort.abort(reason)
    for (const stream of grant.streams) stream.destroy()
  }
}
