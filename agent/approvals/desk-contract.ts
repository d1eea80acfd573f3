import type { Clock } from '../basics/clock.ts'
import type { Logger } from '../basics/logger.ts'
import type { Random } from '../basics/random.ts'
import type { IdentifiedOperator } from '../operators/operator.ts'
import type { OperatorList } from '../operators/operator-list.ts'
import type { ServiceTable } from '../services/service-table.ts'
import type { AgentSettings } from '../settings/agent-settings.ts'
import type { ActStore } from '../state/act-store.ts'
import type { ChatStore } from '../state/chat-store.ts'
import type { EventStore } from '../state/event-store.ts'
import type { HelpStore } from '../state/help-store.ts'
import type { HistoryStore } from '../state/history-store.ts'
import type { QuietStore } from '../state/quiet-store.ts'
import type { ModeStore } from '../state/mode-store.ts'
import type { RemoteStore } from '../state/remote-store.ts'
import type { StateDatabase } from '../state/state-database.ts'
import type { SwitchStore } from '../state/switch-store.ts'
import type { ShowRequestBody } from '../wire/agent-api.ts'
import type { ApprovalClaims } from '../wire/approval.ts'
import type { LiveSession, PendingRequest } from './approval-state.ts'
import type { Conduct, ConductDesk } from './conduct-desk.ts'
import type { ApprovalChoice } from './judge-approval.ts'
import type { RequestVerdict } from './judge-request.ts'
import type { ChatDesk } from './chat-desk.ts'
import type { HelpDesk } from './help-desk.ts'
import type { SwitchDesk } from './switch-desk.ts'
import type { ModeDesk } from './mode-desk.ts'

export interface ApprovalDeskOptions {
  readonly settings: AgentSettings
  readonly spiffeId: string
  /** Of this process. */
  readonly boot: string
  readonly database: StateDatabase
  readonly events: EventStore
  readonly history: HistoryStore
  readonly quiet: QuietStore
  readonly switches: SwitchStore
  readonly remote: RemoteStore
  readonly acts: ActStore
  readonly modes: ModeStore
  readonly help: HelpStore
  readonly chat: ChatStore
  readonly services: ServiceTable
  readonly operators: OperatorList
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  /** Signs with the device's key. @throws when the device has none yet */
  readonly sign: (claims: ApprovalClaims) => string
  /** Destroys every stream of a session, which is over, before it returns. */
  readonly cutSession: (session: string) => void
  /** The same of one that goes on. */
  readonly cutStreams: (session: string) => void
  /** Holds for every stream of the session when it returns. */
  readonly conduct: (session: string, conduct: Conduct) => void
  /** As `judgeLosses` takes it. */
  readonly panelGoneSinceMs: () => number | null
  /** The wall clock is about to say what is allowed: a step of it counts from now on (watch-clock.ts). */
  readonly lookAtClock: () => void
  readonly onChange: () => void
  /** Remote service as a whole was turned. */
  readonly onRemote: (on: boolean) => void
}

export interface ApprovalDesk extends SwitchDesk, ConductDesk, ModeDesk, HelpDesk, ChatDesk {
  readonly pending: PendingRequest | null
  readonly live: LiveSession | null
  /** The live session with this id, as long as its time is not over. */
  alive(session: string): LiveSession | 'expired' | null
  /** Puts a checked request before the operator. */
  show(body: ShowRequestBody): RequestVerdict
  /** @throws AgentError `no_such_request`, `not_durable`, and what `judgeApproval` throws; the request then stays */
  approve(session: string, choice: ApprovalChoice): void
  /** @throws AgentError `no_such_request`, `unknown_operator` */
  refuse(session: string, how: 'refused' | 'not_now' | 'not_today', by: string | null): void
  /** The operator's end: streams are cut when it returns, whatever the disk or the gateway do. */
  endByOperator(by: string | IdentifiedOperator | null): void
  /** The gateway takes a request back or ends a session; unknown ids change nothing. */
  endByGateway(session: string, reason: string, by: string | null): void
  unquiet(technicianId: string): void
  panelChanged(connected: boolean): void
  /** Somebody at the machine sees the pages of this session, or not any more. */
  watched(session: string, watched: boolean): void
  pinPaused(operator: string, wrong: number): void
  tunnelUp(): void
  tunnelDown(): void
  /** Ends what lives: an approval never outlives the process that shows it. */
  close(): void
}
