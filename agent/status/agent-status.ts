import type { PanelConnection, PanelRenewal, PanelState, PanelUpdateOffer, PanelUpdates } from '../panel/panel-api.ts'

/** What `sallyport-agent status` tells of a running agent: nobody's name, no purpose, no address of a service. Instants are Unix milliseconds. */
export interface AgentStatus {
  readonly schemaVersion: 1
  readonly version: string
  /** Another one with each start of the agent. */
  readonly boot: string
  readonly pid: number
  readonly device: { readonly id: string; readonly name: string; readonly site: string }
  readonly connection: Pick<PanelConnection, 'state' | 'since' | 'reason' | 'next_attempt_at'>
  /** `host:port` of the gateway that the tunnel leads to, or null. */
  readonly gateway: string | null
  readonly remote: { readonly on: boolean; readonly since: number | null }
  readonly services: readonly StatusService[]
  /** Why the certificate could not be renewed, or null. */
  readonly renewal: Pick<PanelRenewal, 'reason' | 'expires_at'> | null
  /** Somebody waits for the operator's press. */
  readonly request_waiting: boolean
  readonly session: StatusSession | null
  /** Newer versions: nobody's name. */
  readonly updates: StatusUpdates
  readonly panel: { readonly url: string; readonly operators: number; readonly pins: boolean }
}

export interface StatusService {
  readonly name: string
  readonly kind: string
  readonly title: string
  readonly enabled: boolean
  readonly mode: 'attended' | 'reconnect' | 'unattended'
  /** With `reconnect`; else null. */
  readonly minutes: number | null
}

export interface StatusSession {
  readonly services: readonly string[]
  readonly mode: 'attended' | 'reconnect' | 'planned' | 'unattended'
  readonly paused: boolean
  readonly view_only: boolean
  readonly started_at: number
  readonly expires_at: number
}

export interface StatusUpdates extends Pick<PanelUpdates, 'keys' | 'consent' | 'last'> {
  readonly offer: Pick<PanelUpdateOffer, 'version' | 'sha256' | 'state' | 'waits'> | null
}

export interface AgentStatusOptions {
  readonly state: PanelState
  readonly boot: string
  readonly pid: number
  readonly gateway: string | null
  readonly panelUrl: string
}

/** Picks what is no person's from what the panel shows. */
export function agentStatus({ state, boot, pid, gateway, panelUrl }: AgentStatusOptions): AgentStatus {
  const { connection, renewal, session } = state
  return {
    schemaVersion: 1,
    version: state.version,
    boot,
    pid,
    device: state.device,
    connection: {
      state: connection.state,
      since: connection.since,
      reason: connection.reason,
      next_attempt_at: connection.next_attempt_at,
    },
    gateway,
    remote: { on: state.remote.on, since: state.remote.since },
    services: state.services.map(({ name, kind, title, enabled, mode }) => ({
      name,
      kind,
      title,
      enabled,
      mode: mode.name,
      minutes: mode.minutes,
    })),
    renewal: renewal === null ? null : { reason: renewal.reason, expires_at: renewal.expires_at },
    request_waiting: state.request !== null,
    session:
      session === null
        ? null
        : {
            services: session.services.map(({ name }) => name),
            mode: session.mode,
            paused: session.paused,
            view_only: session.view_only,
            started_at: session.started_at,
            expires_at: session.expires_at * 1000,
          },
    updates: statusUpdates(state.updates),
    panel: { url: panelUrl, operators: state.operators.length, pins: state.pins },
  }
}

function statusUpdates({ keys, consent, offer, last }: PanelUpdates): StatusUpdates {
  if (offer === null) return { keys, consent, offer, last }
  const { version, sha256, state, waits } = offer
  return { keys, consent, offer: { version, sha256, state, waits }, last }
}
