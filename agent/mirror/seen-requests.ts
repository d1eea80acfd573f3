import type { LiveSession } from '../approvals/approval-state.ts'
import type { Clock } from '../basics/clock.ts'
import type { RequestNote, RequestWatch } from '../streams/request-watch.ts'

/** What this agent itself forwarded to a service. */
export interface SeenRequest {
  readonly n: number
  readonly atMs: number
  readonly service: string
  readonly method: string
  readonly path: string
  /** Null while there is no answer, and where the service gave none. */
  readonly status: number | null
  readonly bytesUp: number
  readonly bytesDown: number
  readonly done: boolean
  /** The name under which the technician's browser saves the answer; null: it does not. */
  readonly file: string | null
  readonly verdict: RequestVerdict
}

/**
 * `reads`: GET and HEAD. The others change something: an act that a page told explains them, or none does; `open`: it may still come;
 * `unjudged`: pages are not mirrored, so none could tell.
 */
export type RequestVerdict = 'reads' | 'explained' | 'unexplained' | 'open' | 'unjudged'

export interface SeenRequests extends RequestWatch {
  /** Those that are kept, each where it last changed: `revision` rises with every change. */
  changedAfter(revision: number): readonly { readonly revision: number; readonly request: SeenRequest }[]
  /** A page told of an act. */
  acted(session: string): void
  /** The session is over, or another one began. */
  sessionChanged(): void
  follow(changed: () => void): () => void
}

export interface SeenRequestsOptions {
  readonly isMirrored: (service: string) => boolean
  readonly clock: Clock
  readonly live: () => WatchedSession | null
  /** Of a service where the session stands still at it: paused when this returns. Told once for each method and path. */
  readonly onUnexplained: (request: SeenRequest) => void
}

type WatchedSession = Pick<LiveSession, 'id' | 'pauseUnexplained' | 'pausedAt'>

const mostKept = 400
const mostPath = 500
/** An act explains what is sent within so long. */
const explainsForMs = 5_000
/** What a page tells comes later than the request that it made. */
const tellsWithinMs = 2_000

type Kept = { -readonly [K in keyof SeenRequest]: SeenRequest[K] }

/** What an operator has seen and let go on is not held again in the session. */
const mostLetGo = 1_000
const kindOf = ({ service, method, path }: SeenRequest): string => `${service} ${method} ${path.split('?', 1)[0]}`

export function createSeenRequests({ isMirrored, clock, live, onUnexplained }: SeenRequestsOptions): SeenRequests {
  let session: string | null = null
  let n = 0
  let revision = 0
  let lastActMs: number | null = null
  /** By the revision of the last change, so the oldest change is first. */
  let kept = new Map<number, Kept>()
  const revisions = new WeakMap<Kept, number>()
  const open = new Set<Kept>()
  /** What waits for the verdict. */
  const held = new Map<Kept, () => void>()
  let letGo = new Set<string>()
  const followers = new Set<() => void>()

  const changed = (request: Kept): void => {
    const before = revisions.get(request)
    if (before !== undefined && !kept.delete(before)) return
    revision += 1
    kept.set(revision, request)
    revisions.set(request, revision)
    for (const [oldest] of kept) {
      if (kept.size <= mostKept) break
      kept.delete(oldest)
    }
    for (const follower of followers) follower()
  }
  const judge = (request: Kept, verdict: RequestVerdict): void => {
    if (!open.delete(request)) return
    request.verdict = verdict
    changed(request)
    clear(request)
  }
  /** The session stands still first: what was held then waits for the operator. One at a time: of the others he has not heard yet. */
  const clear = (request: Kept): void => {
    const run = held.get(request)
    if (run === undefined) return
    if (request.verdict === 'unexplained' && stopsAt(request)) {
      if (live()?.pausedAt !== null) return
      if (letGo.size < mostLetGo) letGo.add(kindOf(request))
      onUnexplained(request)
    }
    held.delete(request)
    run()
  }
  const stopsAt = (request: SeenRequest): boolean =>
    live()?.pauseUnexplained.includes(request.service) === true && !letGo.has(kindOf(request))
  const liveSession = (): string | null => live()?.id ?? null
  const forget = (): void => {
    kept = new Map()
    open.clear()
    held.clear()
    letGo = new Set()
  }
  const follow = (id: string): boolean => {
    if (id !== liveSession()) return false
    if (session === id) return true
    session = id
    lastActMs = null
    forget()
    return true
  }
  const firstVerdict = (service: string, method: string): RequestVerdict => {
    if (method === 'GET' || method === 'HEAD') return 'reads'
    // Nobody could tell of an act there.
    if (!isMirrored(service)) return live()?.pauseUnexplained.includes(service) === true ? 'unexplained' : 'unjudged'
    return lastActMs !== null && clock.monotonicMs() - lastActMs <= explainsForMs ? 'explained' : 'open'
  }
  const begin: RequestWatch['begin'] = ({ session: id, service, method, path }) => {
    if (!follow(id)) return unseen
    n += 1
    const request: Kept = {
      n,
      atMs: clock.nowMs(),
      service,
      method,
      path: path.slice(0, mostPath),
      status: null,
      bytesUp: 0,
      bytesDown: 0,
      done: false,
      file: null,
      verdict: firstVerdict(service, method),
    }
    if (request.verdict === 'open') {
      open.add(request)
      clock.after(tellsWithinMs, () => judge(request, 'unexplained'))
    }
    changed(request)
    return {
      whenClear: (run) => {
        if (request.verdict !== 'open' && request.verdict !== 'unexplained') return run()
        // Where nothing is stopped it goes on while it is judged.
        if (!stopsAt(request)) return run()
        held.set(request, run)
        if (request.verdict === 'unexplained') clear(request)
      },
      up: (bytes) => void (request.bytesUp += bytes),
      down: (bytes) => void (request.bytesDown += bytes),
      file: (name) => {
        request.file = name
        changed(request)
      },
      end: (status) => {
        if (request.done) return
        request.done = true
        // Whoever sent it is gone before it went on.
        held.delete(request)
        request.status = status
        changed(request)
      },
    }
  }
  return {
    begin,
    changedAfter: (after) => [...kept].filter(([one]) => one > after).map(([one, request]) => ({ revision: one, request })),
    acted: (id) => {
      if (!follow(id)) return
      lastActMs = clock.monotonicMs()
      for (const request of open) judge(request, 'explained')
    },
    sessionChanged: () => {
      for (const [request] of held) if (request.verdict === 'unexplained') clear(request)
      if (session === null || session === liveSession()) return
      session = null
      forget()
    },
    follow: (follower) => {
      followers.add(follower)
      return () => followers.delete(follower)
    },
  }
}

const unseen: RequestNote = { whenClear: (run) => run(), up: () => {}, down: () => {}, file: () => {}, end: () => {} }
