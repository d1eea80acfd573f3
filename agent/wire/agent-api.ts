/**
 * The agent's HTTP API inside the tunnel (design.md, section 4): the agent is the HTTP/2 server, the gateway the client.
 *
 * | request | answer |
 * | --- | --- |
 * | `GET /v1/info` | 200 {@link AgentInfo} |
 * | `GET /v1/sessions` | 200 {@link AgentSnapshot}; read first after every connect |
 * | `GET /v1/events?after=N` | 200, one {@link AgentEvent} a line (JSON, LF), never ends; acknowledges all events up to N |
 * | `PUT /v1/sessions/{id}` body {@link ShowRequestBody} | 202 shown; 409 problem with code `busy`, `not_now`, `not_today`, `switch_off`, `help_over`; 400 `bad_request`; 404 `unknown_service` |
 * | `DELETE /v1/sessions/{id}` headers `sallyport-reason`, `sallyport-by` (percent-encoded) | 204 when every stream is closed; also for a session that it does not know |
 * | `PUT /v1/switches` body {@link PortalSwitches} | 204 when they hold; they can only be stricter than the machine's own |
 * | `POST /v1/sessions/{id}/chat` body {@link ChatBody} | 200 {@link ChatAnswer}; 404 `no_session`; 429 `too_many`; 400 `bad_request` |
 * | `CONNECT {service}` header `sallyport-session` | 200, then bytes both ways; else status with header `sallyport-error` = {@link StreamRefusal} |
 * | the same with header `sallyport-lane` = id of a lane that waits | 200 with the same header: its bytes take that lane (lane.ts); without it: they do not |
 */
import type { ApprovalMode } from './approval.ts'
import type { ChatMessage } from './chat.ts'
import type { HelpCall } from './help-call.ts'
import type { SessionRequest } from './session-request.ts'

/** The only protocol the tunnel port speaks: reversed HTTP/2 (draft-thomson-ptth-potato): the TLS client is the HTTP/2 server. */
export const tunnelAlpn = 'rh2'

/**
 * A connection beside the tunnel, dialled by the device to the same port with the same certificate, that carries the bytes of one stream. The device
 * says its id ({@link laneIdPattern} and LF), and both wait until a CONNECT on the tunnel names it.
 */
export const laneAlpn = 'sallyport-lane/1'
export const laneIdPattern = /^[0-9a-f]{32}$/

export type ServiceKind = 'http' | 'vnc' | 'ssh' | 'tcp'
export const serviceKinds: readonly ServiceKind[] = ['http', 'vnc', 'ssh', 'tcp']

export interface AgentService {
  readonly name: string
  readonly kind: ServiceKind
  /** For people: "Operating panel". */
  readonly title: string
  /** The customer's switch at the agent. Off means off, whatever the gateway says. */
  readonly enabled: boolean
  /** How it may be entered without a press, as set at the machine. Absent: it cannot. */
  readonly mode?: EntryMode | undefined
  /** Whether its pages are shown at the panel, as set at the machine (mirror.ts). Absent: they are, where it has pages. */
  readonly recorded?: boolean | undefined
}

/** `planned` goes beside each of them. */
export type EntryMode = Exclude<ApprovalMode, 'planned'>

export interface AgentInfo {
  readonly version: string
  /** 32 hex, random for each process start. Another boot than before means: its sessions ended with `device_lost`. */
  readonly boot: string
  readonly device: string
  readonly services: readonly AgentService[]
  /** The agent's clock, Unix seconds. */
  readonly clock: number
  /** Whether a paired panel is connected to the agent right now. */
  readonly panel_connected: boolean
  readonly request_timeout_s: number
}

/** The customer's switches in the portal, all of them each time: off bars and ends at the machine too, on loosens nothing there. */
export interface PortalSwitches {
  /** Remote service as a whole; off keeps the tunnel, so that it can be taken back. */
  readonly remote: boolean
  /** By name; one that is not named is on. */
  readonly services: Readonly<Record<string, boolean>>
  /** Services whose pages the customer does not let be recorded. Absent: none. */
  readonly unrecorded?: readonly string[] | undefined
  /** Services that nobody enters without a press, whatever was chosen at the machine. Absent: none. */
  readonly attended_only?: readonly string[] | undefined
}

export interface AgentSnapshot {
  readonly boot: string
  /** Ids of sessions whose request (open or extend) is shown right now. */
  readonly shown: readonly string[]
  readonly live: readonly AgentLiveSession[]
  /** The call for help that is open. Absent: this agent knows of no calls. */
  readonly help?: HelpCall | null | undefined
  /** Number of the newest event. */
  readonly last_event: number
}

export interface AgentLiveSession {
  readonly id: string
  /** Newest approval, compact JWS. */
  readonly approval: string
  readonly expires_at: number
  readonly open_streams: number
  readonly paused: boolean
  readonly view_only: boolean
  /** As in `session.conduct`. */
  readonly held?: HoldReason | null | undefined
  readonly why?: PauseReason | null | undefined
  /** The newest `chatShown` messages (chat.ts). Absent: this agent knows of none. */
  readonly chat?: readonly ChatMessage[] | undefined
  /** Somebody at the machine has the technician's pages before him. Absent: not known. */
  readonly watched?: boolean | undefined
}

export interface ShowRequestBody {
  readonly request: SessionRequest
  /** Standard base64 of a JPEG of at most 64 KiB, its SHA-256 in `request.technician.photo_sha256`; null without. */
  readonly photo: string | null
}

/** How a request ended without an approval. */
export type RefusalHow = 'refused' | 'timeout' | 'not_now' | 'not_today'

/** What holds a session's bytes beside the operator's pause: a PIN is typed at the panel; a service is used only while an input at the machine is held. */
export type HoldReason = 'pin' | 'enabling'

/** Why a session was paused where no operator did it: a request that changes something and that no act on a recorded page explains (mirror.ts). */
export type PauseReason = 'unexplained'

/** Reasons that an agent ends a session for by itself. */
export type AgentEndReason = 'ended_by_operator' | 'time_limit' | 'switch_off' | 'panel_lost' | 'device_lost' | 'clock'

/**
 * Events are numbered from 1 for the life of the state directory, kept durably, and repeated until acknowledged. `time` is Unix milliseconds.
 *
 * A gateway keeps an event whose `type` it does not know, and refuses a known one of another shape: a newer agent may have new types (`[a-z0-9_]` and a dot,
 * at most 64 characters) and new members of old ones, but no new values of an old member.
 */
export type AgentEvent =
  | { readonly n: number; readonly time: number; readonly type: 'approval.given'; readonly session: string; readonly approval: string }
  | {
      readonly n: number
      readonly time: number
      readonly type: 'request.refused'
      readonly session: string
      readonly kind: 'open' | 'extend'
      readonly how: RefusalHow
      readonly by: string | null
    }
  | {
      readonly n: number
      readonly time: number
      readonly type: 'session.ended'
      readonly session: string
      readonly reason: AgentEndReason
      readonly by: string | null
    }
  | {
      readonly n: number
      readonly time: number
      readonly type: 'switch.changed'
      readonly service: string
      readonly enabled: boolean
      readonly by: string | null
    }
  | {
      readonly n: number
      readonly time: number
      readonly type: 'session.conduct'
      readonly session: string
      /** No byte passes, either way, until the operator lets it go on. */
      readonly paused: boolean
      /** Of web pages GET and HEAD pass, and no messages of a WebSocket towards the machine; nothing else passes. */
      readonly view_only: boolean
      /** Nor does any byte pass while this lasts. Told when it has lasted for 2 s. */
      readonly held?: HoldReason | null | undefined
      readonly why?: PauseReason | null | undefined
      readonly by: string | null
    }
  /** As in {@link AgentLiveSession}. */
  | { readonly n: number; readonly time: number; readonly type: 'session.watched'; readonly session: string; readonly watched: boolean }
  | {
      readonly n: number
      readonly time: number
      readonly type: 'mode.changed'
      readonly service: string
      readonly mode: EntryMode
      /** With `reconnect`: for so long after a session was left. */
      readonly minutes: number | null
      readonly by: string
    }
  | {
      readonly n: number
      readonly time: number
      readonly type: 'window.changed'
      /** False: it was withdrawn, or void since the wall clock was set. */
      readonly planned: boolean
      /** The gateway's id of the person. */
      readonly technician: string
      readonly services: readonly string[]
      /** Unix seconds. */
      readonly from: number
      readonly until: number
      readonly by: string | null
    }
  | { readonly n: number; readonly time: number; readonly type: 'help.called'; readonly call: HelpCall }
  /** Nobody needs to come any more. `by`: null where a switch or the clock took it back. */
  | { readonly n: number; readonly time: number; readonly type: 'help.withdrawn'; readonly call: string; readonly by: string | null }
  /** Whoever took it was there, and the session is over. */
  | { readonly n: number; readonly time: number; readonly type: 'help.done'; readonly call: string; readonly session: string }
  /** Somebody at the panel wrote it. */
  | { readonly n: number; readonly time: number; readonly type: 'chat.said'; readonly session: string; readonly message: ChatMessage }
  | { readonly n: number; readonly time: number; readonly type: 'panel.changed'; readonly connected: boolean }
  /** Remote service as a whole: off is the last that is heard of this machine until it is on again. */
  | { readonly n: number; readonly time: number; readonly type: 'remote.changed'; readonly enabled: boolean; readonly by: string }
  /** Somebody typed a wrong PIN for this name so often in a row that it has to wait. */
  | { readonly n: number; readonly time: number; readonly type: 'pin.paused'; readonly operator: string; readonly wrong: number }
  /** A newer version of this agent. `from`: the one that it follows; `by`: who agreed or declined. */
  | {
      readonly n: number
      readonly time: number
      readonly type: 'update.changed'
      readonly what: 'offered' | 'agreed' | 'declined' | 'rejected' | 'installed' | 'rolled_back'
      readonly version: string
      readonly from: string
      /** Why it was rejected or rolled back: a code. */
      readonly reason: string | null
      readonly by: string | null
    }

/** Why an agent refuses a stream. */
export type StreamRefusal =
  | 'unknown_service'
  | 'no_approval'
  | 'service_not_approved'
  | 'switch_off'
  | 'expired'
  /** The operator lets this session only look. */
  | 'view_only'
  | 'too_many_streams'
  | 'service_unreachable'
  | 'bad_request'

/** Header on an HTTP answer that the agent itself wrote instead of the local service (never passed through from a service). */
export const agentErrorHeader = 'sallyport-agent-error'
export const sessionHeader = 'sallyport-session'
export const streamErrorHeader = 'sallyport-error'
export const laneHeader = 'sallyport-lane'

/** The debug data of a device's last GOAWAY: remote service as a whole was switched off there, and it will not come back by itself. */
export const switchedOff = 'switched-off'

/** Why the gateway refuses or closes a tunnel: the ASCII debug data of its GOAWAY frame (RFC 9113, section 6.8). */
export type TunnelRefusal =
  | 'no-certificate'
  | 'bad-certificate'
  | 'expired'
  | 'unknown-device'
  | 'revoked'
  | 'suspended'
  | 'replaced'
  | 'shutdown'
  | 'wrong-protocol'
  | 'too-many-connections'
