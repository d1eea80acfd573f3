/**
 * The HTTP API of the operator panel, which the agent serves on loopback next to the panel's pages. Types only, no imports: the pages are
 * built against this file.
 *
 * Every call but `POST /api/pair` carries {@link panelSecretHeader}. `Host` must be `127.0.0.1:PORT`, `localhost:PORT` or `[::1]:PORT`,
 * `Origin` (where sent) the same origin, `Sec-Fetch-Site` (where sent) `none` or `same-origin`. There are no CORS headers and no cookies.
 * Bodies are `application/json`, at most {@link maxPanelBodyBytes}. Errors are {@link PanelProblem}.
 *
 * | request | answer |
 * | --- | --- |
 * | `POST /api/pair` {@link PairBody} | 200 {@link PairAnswer}; 403 `wrong_code`; 429 `too_many_codes` (a new code is printed by the agent) |
 * | `GET /api/state` | 200 {@link PanelState} |
 * | `GET /api/events` | 200 `text/event-stream`: `event: state`, `data:` a whole {@link PanelState} at once, at each change and every {@link heartbeatMs}. Read it with `fetch`: an `EventSource` sends no headers |
 * | `POST /api/requests/{session}/approve` {@link ApproveBody} | 200 {@link PanelState}, after the approval is durable; 404 `no_such_request`; 400 `bad_request`; 403 `pin_needed`, `no_pin_yet`, `wrong_pin`; 409 `switch_off`; 429 `too_many_pins` with `retry_s` |
 * | `POST /api/requests/{session}/refuse` {@link RefuseBody} | 200 {@link PanelState}; 404 `no_such_request` |
 * | `POST /api/session/end` {@link EndBody} | 200 {@link PanelState}, when every stream is cut; also when there is no session |
 * | `POST /api/session/conduct` {@link ConductBody} | 200 {@link PanelState}, when it holds for every stream; 404 `no_session`; 403 and 429 as above |
 * | `POST /api/switches/{service}` {@link SwitchBody} | 200 {@link PanelState}; 404 `unknown_service`; 403 and 429 as above |
 * | `POST /api/remote` {@link SwitchBody} | the same for remote service as a whole: off ends what lives, and nothing leaves the machine any more |
 * | `DELETE /api/quiet/{technician}` | 200 {@link PanelState}: this technician may ask again |
 *
 * In paths, `{session}`, `{service}` and `{technician}` are percent-encoded. Other codes: 401 `not_paired`, 403 `foreign_origin`,
 * 404 `not_found`, 405 `method_not_allowed`, 413 `too_large`, 415 `not_json`, 500 `internal`, 503 `not_durable`.
 */

/** Header with the secret of a paired browser. */
export const panelSecretHeader = 'sallyport-panel'
/** A stream that is silent for much longer than this is dead: connect again. */
export const heartbeatMs = 5_000
export const maxPanelBodyBytes = 16 * 1024

/** Instants are Unix milliseconds unless the name or comment says Unix seconds. */
export interface PanelState {
  readonly device: { readonly id: string; readonly name: string; readonly site: string }
  /** Of the agent. */
  readonly version: string
  readonly connection: PanelConnection
  /** Why the machine's certificate could not be renewed, or null. The connection ends with the certificate. */
  readonly renewal: PanelRenewal | null
  /** The agent's clock when this was written: count down against it, not against the browser's clock. */
  readonly now: number
  /** Names to choose from: who presses. Empty only while the customer's list of operators cannot be read: then nobody can be let in. */
  readonly operators: readonly string[]
  /** Whoever presses types his PIN; false where this site runs without. */
  readonly pins: boolean
  /** Remote service as a whole. A machine is delivered with it off. */
  readonly remote: PanelRemote
  readonly services: readonly PanelService[]
  /** What waits for the press, or null. */
  readonly request: PanelRequest | null
  /** The live session, or null. While a session is extended both are there, with the same id. */
  readonly session: PanelSession | null
  /** The last 20, newest first. */
  readonly history: readonly PanelHistoryEntry[]
  /** The last 20, newest first. */
  readonly acts: readonly PanelAct[]
  /** Technicians whose requests are not shown for a while. */
  readonly quiet: readonly PanelQuiet[]
}

/** `off`: remote service is switched off, nothing leaves the machine. */
export type PanelConnectionState = 'off' | 'connected' | 'connecting' | 'refused' | 'offline' | 'enrolling' | 'enrolment_failed'

export interface PanelConnection {
  readonly state: PanelConnectionState
  readonly since: number
  /**
   * `refused`: why the gateway refused (`revoked`, `suspended`, `expired`, `unknown-device`, ...); `offline`: a short code
   * (`ECONNREFUSED`, `dead`, `bad_gateway_certificate`, `tls_inspected`, `replaced`, `shutdown`, ...); `enrolment_failed`: code of the failure; `connecting`: why the attempt before it
   * failed, or null; else null.
   */
  readonly reason: string | null
  /** With `tls_inspected`: who answered in the gateway's place; else null. */
  readonly stranger: PanelStranger | null
  readonly next_attempt_at: number | null
}

/** Somebody in the network who opens TLS, or another server. */
export interface PanelStranger {
  /** As his certificate names its authority. He wrote it: nobody vouches for it. */
  readonly issuer: string
  /** `host:port`, to be passed on unopened. */
  readonly addresses: readonly string[]
}

export interface PanelRenewal {
  /** As in {@link PanelConnection}. */
  readonly reason: string
  readonly stranger: PanelStranger | null
  /** Unix milliseconds: the end of the certificate in use. */
  readonly expires_at: number
}

export interface PanelRemote {
  readonly on: boolean
  /** Who turned it last, and when; null: nobody ever did. */
  readonly by: string | null
  readonly since: number | null
}

export interface PanelService {
  readonly name: string
  readonly title: string
  readonly kind: 'http' | 'vnc' | 'ssh' | 'tcp'
  /** The customer's switch. */
  readonly enabled: boolean
}

export interface PanelTechnician {
  /** The gateway's id of the person, the key of `quiet`. */
  readonly id: string
  readonly name: string
  readonly organisation: string
  /** `data:image/jpeg;base64,...` or null. */
  readonly photo: string | null
}

export interface PanelRequest {
  readonly session: string
  /** Of everything that was asked: what the press is for. An extension has another one under the same `session`. */
  readonly digest: string
  readonly kind: 'open' | 'extend'
  readonly technician: PanelTechnician
  readonly services: readonly { readonly name: string; readonly title: string }[]
  readonly purpose: string
  readonly ticket: string | null
  /** Asked for: seconds from the press (`open`), seconds more (`extend`). */
  readonly duration_s: number
  /** Unix milliseconds, when the gateway says that it was asked. */
  readonly requested_at: number
  /** Unix milliseconds; at this moment it is refused by itself. */
  readonly decide_by: number
  /** The whole time that the operator has, for a progress ring. */
  readonly request_timeout_s: number
}

export interface PanelSession {
  readonly id: string
  readonly technician: PanelTechnician
  readonly services: readonly PanelSessionService[]
  readonly purpose: string
  readonly ticket: string | null
  /** Name of the operator who pressed last. */
  readonly approved_by: string
  /** How he showed who he is. */
  readonly proof: 'none' | 'pin' | 'hardware'
  /** No byte passes. */
  readonly paused: boolean
  /** What could change the machine does not pass. */
  readonly view_only: boolean
  /** Unix milliseconds. */
  readonly started_at: number
  /** Unix seconds. */
  readonly expires_at: number
  /** Unix milliseconds when last a byte passed, or null. */
  readonly last_activity: number | null
}

export interface PanelSessionService {
  readonly name: string
  readonly title: string
  readonly open_streams: number
  /** Bytes from the technician to the machine. */
  readonly bytes_up: number
  /** Bytes from the machine to the technician. */
  readonly bytes_down: number
}

/** How a request or session of the history came to its end; `approved` is a session that still lives. */
export type PanelOutcome = 'approved' | 'refused' | 'timeout' | 'not_now' | 'not_today' | 'withdrawn' | 'ended'

/** What operators did besides answering requests. */
export interface PanelAct {
  readonly at: number
  readonly act: 'remote_on' | 'remote_off' | 'service_on' | 'service_off' | 'pin_paused'
  /** Title of the service, or null. */
  readonly service: string | null
  readonly by: string
}

export interface PanelHistoryEntry {
  readonly session: string
  readonly technician: { readonly id: string; readonly name: string; readonly organisation: string }
  /** Start of the session, or when the request was shown. */
  readonly started_at: number
  readonly ended_at: number | null
  readonly outcome: PanelOutcome
  /** Ending reason (design.md, section 6: `ended_by_operator`, `time_limit`, `completed`, ...) or null. */
  readonly reason: string | null
  /** Who refused or ended it, or null. */
  readonly by: string | null
}

export interface PanelQuiet {
  readonly technician: { readonly id: string; readonly name: string; readonly organisation: string }
  readonly until: number
}

export interface PairAnswer {
  /** Keep it in `localStorage`; goes into {@link panelSecretHeader}. */
  readonly secret: string
}

export interface ApproveBody {
  /** `digest` of the request that the operator saw: another one in its place is not approved by this press. */
  readonly digest: string
  /** One of `operators`. */
  readonly operator: string
  /** His, where {@link PanelState.pins} is true; not looked at otherwise. */
  readonly pin?: string
  /** Fewer than asked for; all of them when absent. Never more. */
  readonly services?: readonly string[]
  /** Shorter than asked for. */
  readonly duration_s?: number
}

export interface RefuseBody {
  /** One of `operators`, or null. */
  readonly operator: string | null
  /** `not_now`: 10 minutes of quiet from this technician; `not_today`: until local midnight. */
  readonly how: 'refused' | 'not_now' | 'not_today'
}

export interface EndBody {
  readonly operator: string | null
}

export interface ConductBody {
  /** True is stricter and needs no PIN; false takes it back. */
  readonly paused?: boolean
  readonly view_only?: boolean
  /** One of `operators`; null will do for what is stricter. */
  readonly operator: string | null
  /** As in {@link ApproveBody}, for taking back. */
  readonly pin?: string
}

export interface SwitchBody {
  readonly enabled: boolean
  /** One of `operators`. */
  readonly operator: string
  /** For switching on, as in {@link ApproveBody}. */
  readonly pin?: string
}

/** `application/problem+json` (RFC 9457 members `title`, `status` beside our two). */
export interface PanelProblem {
  readonly title: string
  readonly status: number
  readonly code: PanelProblemCode
  /** What is wrong and what to do, in English; the pages translate by `code`. */
  readonly message: string
  /** With `too_many_pins`: seconds until this name may try again. */
  readonly retry_s?: number
}

export type PanelProblemCode =
  | 'wrong_code'
  | 'too_many_codes'
  | 'not_paired'
  | 'foreign_origin'
  | 'not_found'
  | 'method_not_allowed'
  | 'too_large'
  | 'not_json'
  | 'bad_request'
  | 'no_such_request'
  | 'no_session'
  | 'unknown_service'
  | 'unknown_operator'
  | 'no_pin_yet'
  | 'pin_needed'
  | 'wrong_pin'
  | 'too_many_pins'
  | 'switch_off'
  | 'not_durable'
  | 'internal'
