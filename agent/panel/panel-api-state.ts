import type { ActName } from '../state/act-store.ts'
import type { PanelHardware } from './panel-api-hardware.ts'
import type { PanelAskedService, PanelPausedAt } from './panel-api-mirror.ts'
import type { PanelRefusal } from './panel-api-refusal.ts'
import type { PanelRecording, PanelRecordingNow } from './panel-api-recordings.ts'
import type { PanelUpdates } from './panel-api-update.ts'

/** What the panel shows (panel-api.ts). Types only. */

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
  /** What is wired to the machine beside this panel; null: nothing. */
  readonly hardware: PanelHardware | null
  readonly services: readonly PanelService[]
  /** Those whose time is not over, the next one first. */
  readonly windows: readonly PanelWindow[]
  /** For whom a window can be planned: who asked here before. */
  readonly known: readonly PanelPerson[]
  /** What waits for the press, or null. */
  readonly request: PanelRequest | null
  /** The live session, or null. While a session is extended both are there, with the same id. */
  readonly session: PanelSession | null
  /** The last 20, newest first. */
  readonly history: readonly PanelHistoryEntry[]
  /** The last 20, newest first. */
  readonly acts: readonly PanelAct[]
  /** What the agent refused the gateway since it started: the last 20 kinds, newest first. */
  readonly refused: readonly PanelRefusal[]
  /** The call for help that is open, or null. */
  readonly help: PanelHelp | null
  /** Technicians whose requests are not shown for a while. */
  readonly quiet: readonly PanelQuiet[]
  readonly updates: PanelUpdates
}

/** `off`: remote service is switched off, nothing leaves the machine. */
export type PanelConnectionState = 'off' | 'connected' | 'connecting' | 'refused' | 'offline' | 'enrolling' | 'enrolment_failed'

export interface PanelConnection {
  readonly state: PanelConnectionState
  readonly since: number
  /**
   * `refused`: why the gateway refused (`revoked`, `suspended`, `expired`, `unknown-device`, ...); `offline`: a short code
   * (`ECONNREFUSED`, `dead`, `bad_gateway_certificate`, `tls_inspected`, `replaced`, `shutdown`, ...); `enrolment_failed`: code of the failure; `enrolling`: `certificate_expired`, or null; `connecting`: why the attempt before it
   * failed, or null; else null.
   */
  readonly reason: string | null
  /** With `tls_inspected`: who answered in the gateway's place; else null. */
  readonly stranger: PanelStranger | null
  readonly next_attempt_at: number | null
  /** With `enrolment_pending` and `renewal_pending`: to be compared with the one in the portal; else null or absent. */
  readonly enrolment_code?: string | null
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
  /** As in {@link PanelService}. */
  readonly portal: boolean | null
  /** Who turned it last, and when; both null: nobody ever did; `by` alone: it is off since the records were lost. */
  readonly by: string | null
  readonly since: number | null
}

export interface PanelService {
  readonly name: string
  readonly title: string
  readonly kind: 'http' | 'vnc' | 'ssh' | 'tcp'
  /** The customer's switch at this panel. */
  readonly enabled: boolean
  /** The customer's switch in the portal: the stricter of the two holds; null while nothing is known of it. */
  readonly portal: boolean | null
  readonly mode: PanelMode
  /** The portal wants a press each time, whatever was chosen here. */
  readonly portal_attended: boolean
  /** Used only while the enabling input at the machine is held, so that no mode but `attended` is possible. */
  readonly enabling: boolean
  /** Its pages are mirrored to this panel; null: it has none. */
  readonly recorded: boolean | null
}

/** How a service may be entered; beside it, planned windows. */
export interface PanelMode {
  /** `attended`: a press for each session; `reconnect`: whom the operator let in may come back; `unattended`: nobody has to press. */
  readonly name: 'attended' | 'reconnect' | 'unattended'
  /** With `reconnect`: for so long after he left, within the time that was approved. */
  readonly minutes: number | null
  /** Who loosened it, or null. */
  readonly by: string | null
}

/** A technician who may come in by himself, once it is time. */
export interface PanelWindow {
  readonly id: string
  readonly technician: PanelPerson
  readonly services: readonly { readonly name: string; readonly title: string }[]
  /** Unix milliseconds. */
  readonly from: number
  readonly until: number
  readonly by: string
}

/** Somebody who asked at this machine before. */
export interface PanelPerson {
  /** The gateway's id of the person. */
  readonly id: string
  readonly name: string
  readonly organisation: string
}

export interface PanelHelp {
  readonly id: string
  readonly what: string
  readonly ticket: string | null
  readonly services: readonly { readonly name: string; readonly title: string }[]
  readonly by: string
  readonly called_at: number
  /** Until then whom the gateway sends for it comes in without a press; null: nobody does. */
  readonly lets_in_until: number | null
  /** Whoever took it is in the machine. */
  readonly taken: boolean
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
  readonly services: readonly PanelAskedService[]
  readonly purpose: string
  readonly ticket: string | null
  /** It answers the call for help. */
  readonly answers_call: boolean
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
  /** It answers a call for help. */
  readonly answers_call: boolean
  /** Name of the operator who pressed last. */
  readonly approved_by: string
  /** How he showed who he is. */
  readonly proof: 'none' | 'pin' | 'hardware'
  /** Which consent let him in; all but `attended` stood before he asked. */
  readonly mode: 'attended' | 'reconnect' | 'planned' | 'unattended'
  /** No byte passes. */
  readonly paused: boolean
  /** At what it was paused by itself; null: for no request. */
  readonly paused_at: PanelPausedAt | null
  /** What could change the machine does not pass. */
  readonly view_only: boolean
  /** Unix milliseconds. */
  readonly started_at: number
  /** Unix seconds. */
  readonly expires_at: number
  readonly recording: PanelRecordingNow
  /** The newest 50, oldest of them first. */
  readonly chat: readonly PanelChatMessage[]
  /** Unix milliseconds when last a byte passed, or null. */
  readonly last_activity: number | null
}

export interface PanelChatMessage {
  /** From 1 for each session. */
  readonly n: number
  readonly at: number
  readonly from: 'operator' | 'technician'
  /** Null: somebody at this machine who gave no name. */
  readonly name: string | null
  /** Plain text, one line. */
  readonly text: string
}

export interface PanelSessionService {
  readonly name: string
  readonly title: string
  readonly open_streams: number
  /** Bytes from the technician to the machine. */
  readonly bytes_up: number
  /** Bytes from the machine to the technician. */
  readonly bytes_down: number
  /** The enabling input at the machine is not held, so no byte of it passes. */
  readonly held: boolean
  /** WebSocket messages towards the machine pass at `view_only` too. */
  readonly messages_pass: boolean
}

/** How a request or session of the history came to its end; `approved` is a session that still lives. */
export type PanelOutcome = 'approved' | 'refused' | 'timeout' | 'not_now' | 'not_today' | 'withdrawn' | 'ended'

/** What operators did besides answering requests. */
export interface PanelAct {
  readonly at: number
  readonly act: ActName
  /** Title of the service, version of the update, or null. */
  readonly service: string | null
  /** Empty: the machine by itself. */
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
  /** How many were written in its chat. */
  readonly messages: number
  /** What this machine recorded of it; null: nothing. */
  readonly recording: PanelRecording | null
}

/** Sessions and acts together 20, and what happened in the same millisecond as the last of them; newest first. */
export interface HistoryPageBody {
  readonly history: readonly PanelHistoryEntry[]
  readonly acts: readonly PanelAct[]
  /** There is more before them. */
  readonly older: boolean
}

export interface PanelQuiet {
  readonly technician: { readonly id: string; readonly name: string; readonly organisation: string }
  readonly until: number
}
