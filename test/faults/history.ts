/** What two programs, a machine and the people have kept of one installation. Times are Unix milliseconds unless a name says otherwise. */
export interface History {
  readonly gateway: GatewayHistory
  readonly agents: readonly AgentHistory[]
  /** Bytes that reached a machine. */
  readonly bytes: readonly SeenBytes[]
  readonly told: readonly Told[]
  readonly resources: readonly Resource[]
}

export interface GatewayHistory {
  /** In the order of writing. */
  readonly events: readonly GatewayEvent[]
  readonly sessions: readonly StoredSession[]
  readonly decisions: readonly StoredDecision[]
  /** Number of the newest event of each machine that was carried out. */
  readonly carriedOut: Readonly<Record<string, number>>
}

export interface GatewayEvent {
  /** Kind and id of the log, `g:press-7`. */
  readonly log: string
  readonly seq: number
  readonly atMs: number
  /** Random for each start of the process. */
  readonly boot: string
  /** Milliseconds since that start. */
  readonly mono: number
  readonly type: string
  /** With its prefix. */
  readonly session: string | null
  readonly detail: Readonly<Record<string, unknown>>
}

export interface StoredSession {
  readonly id: string
  readonly device: string
  readonly state: string
  readonly approvedAtS: number | null
  readonly expiresAtS: number | null
  readonly endReason: string | null
}

export interface StoredDecision {
  readonly id: string
  readonly atMs: number
  readonly allow: boolean
  readonly session: string | null
  /** What policy was given. */
  readonly input: unknown
}

export interface AgentHistory {
  readonly device: string
  readonly sessions: readonly AgentSession[]
  /** Events that the gateway has not acknowledged. */
  readonly kept: readonly { readonly n: number; readonly type: string; readonly session: string | null }[]
  /** Number of the newest event that ever was. */
  readonly lastEvent: number
}

export interface AgentSession {
  readonly id: string
  readonly outcome: string
  readonly startedAtMs: number
  readonly endedAtMs: number | null
  readonly reason: string | null
}

export interface SeenBytes {
  readonly device: string
  readonly atMs: number
  readonly bytes: number
}

/** What somebody was told or has done: it must be so for ever. */
export type Told =
  | { readonly what: 'requested' | 'approved' | 'ended' | 'refused'; readonly session: string }
  /** From this moment on this session has no right any more, whatever its records say. */
  | { readonly what: 'revoked'; readonly session: string; readonly atMs: number }
  /** The gateway was killed: what goes on after it was decided anew. */
  | { readonly what: 'killed'; readonly atMs: number }

export interface Resource {
  readonly name: string
  readonly before: Usage
  readonly after: Usage
}

export interface Usage {
  readonly openFiles: number
  /** Null where the process was not given the time to collect its garbage. */
  readonly residentBytes: number | null
}
