import type { Duplex } from 'node:stream'
import type { ServiceKind } from '../../agent/wire/agent-api.ts'
import type { RecordingMode } from '../../agent/wire/mirror.ts'
import type { DeviceId, PersonId, ServiceName, SessionId } from '../basics/ids.ts'
import type { RequestRule } from '../decisions/decision-result.ts'

/** The origin of one service in one session. Its label is random and never used again. Instants are Unix milliseconds. */
export interface AccessOrigin {
  /** First label of the host name after `<service>-`: 26 of `[a-z2-7]`. */
  readonly label: string
  readonly sessionId: SessionId
  readonly service: ServiceName
  readonly createdAt: number
}

/**
 * Origins, one-time codes and cookies, durable: a restart of the gateway signs nobody out of a machine. Hashes are lower-case hex of SHA-256; neither codes nor cookies
 * themselves are ever stored.
 */
export interface AccessOrigins {
  /** Errors: `access_origin_exists` (conflict) when the label is taken, or when this session has an origin for this service already. */
  create(origin: AccessOrigin): Promise<void>
  find(label: string): Promise<AccessOrigin | undefined>
  findFor(sessionId: SessionId, service: ServiceName): Promise<AccessOrigin | undefined>
  /** `signIn`: under which it was opened, as {@link SignInsThatCount} knows it. */
  addCode(code: { readonly hash: string; readonly label: string; readonly signIn: string; readonly expiresAt: number }): Promise<void>
  /** Atomic and single use: of two calls with one hash one gets `undefined`; so does a call at or after `expiresAt`. */
  redeemCode(hash: string, now: number): Promise<LetIn | undefined>
  addCookie(cookie: { readonly hash: string; readonly label: string; readonly signIn: string; readonly createdAt: number }): Promise<void>
  findCookie(hash: string): Promise<LetIn | undefined>
  /** In the order of their names. */
  cookiePins(label: string): Promise<readonly CookiePin[]>
  /** Replaces what is kept of these names alone. Errors: `unknown_origin`. */
  pinCookies(label: string, pins: readonly CookiePin[]): Promise<void>
}

/** A browser that was let into this origin, for as long as this sign-in counts. */
export interface LetIn {
  readonly label: string
  readonly signIn: string
}

/** Whether a browser's person is still signed in there: whoever sits down at it next must not be in a machine. */
export interface SignInsThatCount {
  /** Asked for a request of the person: that is use of the sign-in. */
  use(signIn: string): Promise<boolean>
  /** Asked by ourselves. */
  stillCounts(signIn: string): Promise<boolean>
}

/** A cookie that a machine's origin set as HttpOnly. */
export interface CookiePin {
  /** At most 256 characters. */
  readonly name: string
  /** Of its newest values, the last one first; none: the name is free again. */
  readonly digests: readonly string[]
}

/** Who lets a stream through: decided once for each stream and again at each change, never for each request. */
export interface StreamAuthority {
  /** Rejects only on a fault of our own, which counts as a denial. */
  authorize(sessionId: SessionId, service: ServiceName): Promise<StreamGrant | StreamDenied>
  /** For the pages; `undefined` for a session that does not exist. */
  sessionSummary(sessionId: SessionId): Promise<SessionSummary | undefined>
}

export interface StreamGrant {
  readonly denied?: false
  readonly sessionId: SessionId
  readonly deviceId: DeviceId
  /** The technician. */
  readonly personId: PersonId
  readonly service: ServiceName
  readonly kind: ServiceKind
  /** What is forbidden, matched on exactly the path that is sent; null: nothing is. */
  readonly requestRules: readonly RequestRule[] | null
  /** Aborts when the session ends or this grant is withdrawn; its `reason` is a string for people or a code. A grant is asked for anew afterwards. */
  readonly signal: AbortSignal
  /** How the operator lets the session go on now. `changedAtMs`: by the monotonic clock. */
  readonly conduct: () => { readonly paused: boolean; readonly changedAtMs: number }
  /** A stream of bytes to the service. Rejects with a `CodedError`: the agent's `StreamRefusal`, `device_gone` or `device_timeout`. */
  openStream(signal?: AbortSignal): Promise<Duplex>
  /**
   * The way of one page to the operator; `recorded` false: of one that is only named to him, until {@link signal} aborts (agent/wire/mirror.ts): lines of JSON both ways. Rejects with a `CodedError`: `mirror_unknown`,
   * `mirror_unwanted`, `mirror_full`, or as {@link openStream} does.
   */
  openMirror(page: string, recorded?: boolean): Promise<Duplex>
  /** How the customer lets pages of the service be recorded for the operator. */
  readonly recording: RecordingMode
  /** Policy demands it: without a running recorder the session ends. */
  readonly recordDemanded: boolean
  /** Ends the session since none runs. Must not throw. */
  readonly recorderLost: () => void
  /** Counts one more request of this person, over all his sessions; false: there are too many a second. */
  readonly countRequest: () => boolean
  /** Told once for each exchange, when it is over. Must not throw and must not wait. */
  readonly record: (transaction: StreamTransaction) => void
}

/** One exchange as the proxy saw it. */
export interface StreamTransaction {
  /** `GET`, ...; `WEBSOCKET` for a WebSocket, recorded when it closes. */
  readonly method: string
  /** Exactly the path that was sent, without the query: it may carry secrets. */
  readonly path: string
  /** The machine's status, or the one that we answered; 0 when the browser left before there was one. */
  readonly status: number
  /** Bytes of the bodies (WebSocket: of the frames) from and to the browser. */
  readonly up: number
  readonly down: number
  /** Unix milliseconds. */
  readonly startedAt: number
  readonly durationMs: number
}

export interface StreamDenied {
  readonly denied: true
  readonly code: StreamDenialCode
  /** A sentence that may be shown to the technician. */
  readonly message: string
  /** One of the session's closed list of reasons, where the session is over. */
  readonly endedReason?: string
  /** Name of the person who ended it, where one did. */
  readonly endedBy?: string | null
}

export const streamDenialCodes = ['session_over', 'not_open', 'device_offline', 'service_not_approved', 'policy', 'unknown'] as const
export type StreamDenialCode = (typeof streamDenialCodes)[number]

/** What the pages say about a session. */
export interface SessionSummary {
  readonly sessionId: SessionId
  /** `requested`, `awaiting_approval`, `approved`, `open` or `ended`. */
  readonly state: string
  readonly endedReason: string | null
  readonly endedBy: string | null
  readonly deviceName: string
  readonly technicianName: string
  /** Unix seconds; null before the approval. */
  readonly expiresAt: number | null
}
