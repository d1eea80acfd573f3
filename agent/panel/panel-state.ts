import type { ApprovalDesk } from '../approvals/desk-contract.ts'
import type { LiveSession, PendingRequest } from '../approvals/approval-state.ts'
import type { Clock } from '../basics/clock.ts'
import type { HardwareState } from '../hardware/start-hardware.ts'
import type { OperatorList } from '../operators/operator-list.ts'
import type { Recordings } from '../recordings/create-recordings.ts'
import type { RefusalRecord } from '../refusals/refusal-record.ts'
import type { ServiceTable } from '../services/service-table.ts'
import type { AgentSettings } from '../settings/agent-settings.ts'
import type { Act, ActStore } from '../state/act-store.ts'
import type { ChatStore } from '../state/chat-store.ts'
import type { HistoryEntry, HistoryStore } from '../state/history-store.ts'
import type { QuietStore } from '../state/quiet-store.ts'
import type { ModeStore } from '../state/mode-store.ts'
import type { RemoteStore } from '../state/remote-store.ts'
import { chatShown } from '../wire/chat.ts'
import type { StreamRegistry } from '../streams/stream-registry.ts'
import type {
  PanelAct,
  PanelConnection,
  PanelHistoryEntry,
  PanelMode,
  PanelRenewal,
  PanelRequest,
  PanelService,
  PanelSession,
  PanelState,
  PanelTechnician,
} from './panel-api.ts'

import { panelCode } from './panel-problem.ts'

export interface PanelStateOptions {
  readonly settings: AgentSettings
  readonly version: string
  readonly clock: Clock
  readonly desk: ApprovalDesk
  readonly services: ServiceTable
  readonly operators: OperatorList
  readonly registry: StreamRegistry
  readonly history: HistoryStore
  readonly acts: ActStore
  readonly chat: ChatStore
  readonly remote: RemoteStore
  readonly modes: ModeStore
  readonly quiet: QuietStore
  readonly hardware: () => HardwareState
  readonly isHeld: (service: string) => boolean
  readonly refusals: RefusalRecord
  readonly recordings: Pick<Recordings, 'now' | 'of'>
  readonly connection: () => PanelConnection
  readonly renewal: () => PanelRenewal | null
  readonly updateState: () => PanelState['updates']
}

const historyShown = 20

/** Everything that the panel shows, at this moment. */
export function panelState(options: PanelStateOptions): PanelState {
  const { settings, clock, desk, services } = options
  return {
    device: settings.device,
    version: options.version,
    connection: options.connection(),
    renewal: options.renewal(),
    now: clock.nowMs(),
    operators: options.operators.all().map(({ name }) => name),
    pins: options.operators.pins,
    remote: remoteOf(options),
    hardware: hardwareOf(options.hardware()),
    services: services.list().map((service) => panelService(options, service)),
    windows: options.modes.windows(clock.nowMs()).map(({ id, technician, services: covered, fromMs, untilMs, by }) => ({
      id,
      technician,
      services: covered.map((name) => ({ name, title: services.title(name) })),
      from: fromMs,
      until: untilMs,
      by,
    })),
    known: options.history.technicians(),
    request: desk.pending === null ? null : panelRequest(options, desk.pending),
    session: desk.live === null ? null : panelSession(options, desk.live),
    history: options.history.newest(historyShown).map((entry) => panelHistoryEntry(entry, options)),
    acts: options.acts.newest(historyShown).map((act) => panelAct(act, options)),
    refused: options.refusals.newest(historyShown).map(({ what, why, subject, firstAtMs, lastAtMs, count }) => ({
      what,
      why,
      subject,
      first_at: firstAtMs,
      last_at: lastAtMs,
      count,
    })),
    help: helpOf(options),
    updates: options.updateState(),
    quiet: options.quiet.list(clock.nowMs()).map(({ technician, untilMs }) => ({ technician, until: untilMs })),
  }
}

function remoteOf({ services, remote }: PanelStateOptions): PanelState['remote'] {
  const turned = remote.get()
  return { on: services.remote, portal: services.portal?.remote ?? null, by: turned?.by ?? null, since: turned?.atMs ?? null }
}

function hardwareOf({ button, lamp, enabling, awaiting, refused }: HardwareState): PanelState['hardware'] {
  if (button === null && lamp === null && enabling === null) return null
  return { button, lamp, enabling, awaiting, refused: refused === null ? null : { code: panelCode(refused.code), at: refused.atMs } }
}

function panelService(
  options: PanelStateOptions,
  { name, title, kind, on, enabling }: ReturnType<ServiceTable['list']>[number],
): PanelService {
  const { portal } = options.services
  return {
    name,
    title,
    kind,
    enabled: on,
    portal: portal === null ? null : portal.services[name] !== false,
    mode: modeOf(options, name),
    portal_attended: portal?.attended_only?.includes(name) === true,
    enabling,
    recorded: recordedOf(options, name),
  }
}

function recordedOf({ services }: PanelStateOptions, name: string): boolean | null {
  return services.find(name)?.kind === 'http' ? services.isMirrored(name) : null
}

function helpOf({ desk, services }: PanelStateOptions): PanelState['help'] {
  if (desk.call === null) return null
  const { id, what, ticket, services: names, by, called_at, lets_in_until, session } = desk.call
  const titled = names.map((name) => ({ name, title: services.title(name) }))
  return { id, what, ticket, services: titled, by, called_at, lets_in_until, taken: session !== null }
}

function modeOf({ modes }: PanelStateOptions, service: string): PanelMode {
  const found = modes.modeOf(service)
  return {
    name: found.mode,
    minutes: found.mode === 'reconnect' ? found.minutes : null,
    by: found.mode === 'attended' ? null : found.by,
  }
}

function panelTechnician(technician: PendingRequest['request']['technician'], photo: string | null): PanelTechnician {
  const { id, name, organisation } = technician
  return { id, name, organisation, photo: photo === null ? null : `data:image/jpeg;base64,${photo}` }
}

function panelRequest(options: PanelStateOptions, { request, digest, photo, decideBy }: PendingRequest): PanelRequest {
  const { services, settings } = options
  return {
    session: request.session,
    digest,
    kind: request.kind,
    technician: panelTechnician(request.technician, photo),
    services: request.services.map((name) => ({
      name,
      title: services.title(name),
      recorded: recordedOf(options, name),
      record_demanded: request.record?.includes(name) === true,
      pauses: request.pause_unexplained?.includes(name) === true,
    })),
    purpose: request.purpose,
    ticket: request.ticket,
    answers_call: request.help !== undefined,
    duration_s: request.duration_s,
    requested_at: request.requested_at * 1000,
    decide_by: Math.round(decideBy.wallMs),
    request_timeout_s: settings.requestTimeoutS,
  }
}

function panelSession({ services, registry, chat, isHeld, recordings }: PanelStateOptions, live: LiveSession): PanelSession {
  return {
    id: live.id,
    technician: panelTechnician(live.technician, live.photo),
    services: live.services.map((name) => {
      const { openStreams, bytesUp, bytesDown } = registry.counters(live.id, name)
      return {
        name,
        title: services.title(name),
        open_streams: openStreams,
        bytes_up: bytesUp,
        bytes_down: bytesDown,
        held: isHeld(name),
        messages_pass: services.find(name)?.messagesPass === true,
      }
    }),
    purpose: live.purpose,
    ticket: live.ticket,
    answers_call: live.help !== null,
    approved_by: live.approvedBy,
    proof: live.proof,
    mode: live.mode,
    paused: live.paused,
    paused_at: pausedAt(services, live),
    view_only: live.viewOnly,
    started_at: live.startedAtMs,
    expires_at: live.expiresAtS,
    recording: recordings.now(),
    chat: chat.newest(live.id, chatShown),
    last_activity: registry.lastActivityMs(live.id),
  }
}

function pausedAt(services: ServiceTable, { pausedAt: at }: LiveSession): PanelSession['paused_at'] {
  return at === null ? null : { service: services.title(at.service), method: at.method, path: at.path, at: at.atMs }
}

export function panelAct({ atMs, act, service, by }: Act, { services }: Pick<PanelStateOptions, 'services'>): PanelAct {
  return { at: atMs, act, service: service === null ? null : services.title(service), by }
}

export function panelHistoryEntry(
  entry: HistoryEntry,
  { chat, recordings }: Pick<PanelStateOptions, 'chat' | 'recordings'>,
): PanelHistoryEntry {
  const { session, technician, startedAtMs, endedAtMs, outcome, reason, by } = entry
  return {
    session,
    technician,
    started_at: startedAtMs,
    ended_at: endedAtMs,
    outcome,
    reason,
    by,
    messages: chat.count(session),
    recording: recordings.of(session),
  }
}
