import type { Clock } from '../basics/clock.ts'
import type { ServiceTable } from '../services/service-table.ts'
import type { AgentSettings } from '../settings/agent-settings.ts'
import type { ModeStore } from '../state/mode-store.ts'
import { agentVersion } from '../version.ts'
import type { AgentInfo } from '../wire/agent-api.ts'

export interface AgentInfoOptions {
  readonly settings: AgentSettings
  readonly boot: string
  readonly services: ServiceTable
  readonly modes: ModeStore
  readonly clock: Clock
  readonly panelConnected: () => boolean
}

/** What the machine says of itself at this moment. */
export function agentInfo({ settings, boot, services, modes, clock, panelConnected }: AgentInfoOptions): AgentInfo {
  return {
    version: agentVersion,
    boot,
    device: settings.device.id,
    services: services.list().map(({ name, kind, title, on, mirrored }) => ({
      name,
      kind,
      title,
      enabled: on,
      mode: modes.modeOf(name).mode,
      ...(mirrored || kind !== 'http' ? {} : { recorded: false }),
    })),
    clock: clock.nowS(),
    panel_connected: panelConnected(),
    request_timeout_s: settings.requestTimeoutS,
  }
}
