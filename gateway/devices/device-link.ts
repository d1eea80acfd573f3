import type { Duplex } from 'node:stream'
import type { AgentEvent, AgentInfo, AgentSnapshot, PortalSwitches, TunnelRefusal } from '../../agent/wire/agent-api.ts'
import type { ChatAnswer } from '../../agent/wire/chat.ts'
import type { SessionRequest } from '../../agent/wire/session-request.ts'
import type { DeviceId, ServiceName, SessionId } from '../basics/ids.ts'

/** How an agent answered a request that it was asked to show. `code` is one of `busy`, `not_now`, `not_today`, `switch_off`, `help_over`, `unknown_service`, `bad_request`. */
export type ShowRequestAnswer = { readonly shown: true } | { readonly shown: false; readonly code: string }

/** An event that this gateway has no name for: its agent is newer. Kept as it came, within a bound. */
export interface UnknownAgentEvent {
  readonly n: number
  readonly time: number
  readonly type: 'unknown'
  /** What the agent calls it. */
  readonly name: string
  /** Its member `session`, or null: whatever it says. */
  readonly session: string | null
  /** Its other members. */
  readonly json: string
  /** The JSON was longer. */
  readonly cut: boolean
}

export type HeardEvent = AgentEvent | UnknownAgentEvent

/**
 * One live device, as every other room sees it: no TLS, no HTTP/2, no node of a cluster. What comes back from it was checked for
 * shape and size, and is still the word of a machine that may be hostile.
 *
 * Every call rejects with a `CodedError`: `device_gone` (the tunnel ended), `device_timeout` (no answer within 10 s),
 * `device_answer_invalid` (too large, not JSON, another shape or status than the contract has), or with the abort reason of `signal`.
 */
export interface DeviceLink {
  readonly deviceId: DeviceId
  /** Unix milliseconds. */
  readonly connectedAt: number
  readonly remoteAddress: string
  /** Lower-case hex of the SHA-256 of the device certificate's DER. */
  readonly certificateFingerprint: string
  /** PEM of the device certificate: verifies the approvals that this device signs. */
  readonly certificatePem: string
  info(signal?: AbortSignal): Promise<AgentInfo>
  snapshot(signal?: AbortSignal): Promise<AgentSnapshot>
  /** Acknowledges events up to `after` and yields those that follow, until `signal` or the tunnel ends it; the end of the tunnel throws `device_gone`. */
  events(after: number, signal: AbortSignal): AsyncIterable<HeardEvent>
  showRequest(request: SessionRequest, photo: Buffer | null, signal?: AbortSignal): Promise<ShowRequestAnswer>
  /** Resolves when the agent says that every stream of the session is closed. `by` is a person's name. */
  endSession(id: SessionId, reason: string, by: string | null, signal?: AbortSignal): Promise<void>
  /** What the customer switched off at the gateway, all of it each time. False: this agent does not know of such switches; here they hold all the same. */
  setSwitches(switches: PortalSwitches, signal?: AbortSignal): Promise<boolean>
  /** What the technician of a live session writes, once the machine has it durably. Rejects with `too_many_messages` or `chat_unavailable` as well. */
  say(id: SessionId, text: string, signal?: AbortSignal): Promise<ChatAnswer>
  /** A stream of bytes to a service by name. Rejects with a `CodedError` whose code is the agent's {@link StreamRefusal}. */
  openStream(sessionId: SessionId, service: ServiceName, signal?: AbortSignal): Promise<Duplex>
  /**
   * The way of one recorded page of a service to the operator (agent/wire/mirror.ts): lines of JSON, `RecordedBatch` there and `MirrorOrder` back. `page`: 32 hex. Rejects
   * with a `CodedError`: `mirror_unknown` (no such session there, or an agent without a mirror), `mirror_unwanted`, `mirror_full`.
   */
  openMirror(sessionId: SessionId, service: ServiceName, page: string, signal?: AbortSignal): Promise<Duplex>
  /** Resolves with the reason when the tunnel has ended: a {@link TunnelRefusal}, `dead`, `switched-off` (remote service as a whole, at the machine), `device_closed` or `error`. */
  readonly closed: Promise<string>
  /** Ends the tunnel at once; the agent can read the reason. */
  close(reason: TunnelRefusal): void
}

/** Every device that is connected now; at most one link for each. */
export interface DeviceLinks {
  get(id: DeviceId): DeviceLink | undefined
  list(): DeviceLink[]
  /** Gives back the way to stop listening. */
  onConnected(listener: (link: DeviceLink) => void): () => void
  /** Also told of a link that a newer one replaced (`replaced`); the newer one's `onConnected` comes first. */
  onDisconnected(listener: (link: DeviceLink, reason: string) => void): () => void
}
