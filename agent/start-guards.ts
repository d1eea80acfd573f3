import type { ApprovalDesk } from './approvals/desk-contract.ts'
import { createHoldDesk } from './approvals/hold-desk.ts'
import type { HoldDesk } from './approvals/hold-desk.ts'
import { createProveOperator } from './approvals/prove-operator.ts'
import type { Clock } from './basics/clock.ts'
import type { Logger } from './basics/logger.ts'
import type { Random } from './basics/random.ts'
import { startHardware } from './hardware/start-hardware.ts'
import type { Hardware } from './hardware/start-hardware.ts'
import type { Identify } from './operators/identify.ts'
import type { OperatorList } from './operators/operator-list.ts'
import type { ServiceTable } from './services/service-table.ts'
import type { AgentSettings } from './settings/agent-settings.ts'
import type { StreamRegistry } from './streams/stream-registry.ts'

export interface GuardsOptions {
  readonly settings: AgentSettings
  readonly desk: ApprovalDesk
  readonly identify: Identify
  readonly operators: OperatorList
  readonly services: ServiceTable
  readonly registry: StreamRegistry
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  /** The panel has something else to show. */
  readonly onChange: () => void
}

/** What stands between a session that can act on the machine and the machine's own operator. */
export interface Guards {
  readonly hardware: Pick<Hardware, 'state'>
  /** Its enabling input is not held. */
  isHeld(service: string): boolean
  readonly prove: Identify
  readonly typing: HoldDesk['typing']
  /** The desk changed. */
  follow(): void
  close(): void
}

/** Starts what is wired to the machine, and what depends on it. */
export function startGuards(options: GuardsOptions): Guards {
  const { settings, desk, services, registry } = options
  const hardware = startHardware({
    ...options,
    settings: settings.hardware,
    remote: () => services.remote,
    onEnabling: () => {
      registry.holdAnew()
      holds.follow()
    },
  })
  const isHeld = (service: string): boolean => services.find(service)?.enabling !== false && !hardware.isEnabled
  const around = {
    ...options,
    live: () => desk.live,
    actsOnMachine: (service: string) => services.find(service)?.actsOnMachine !== false,
  }
  const hold = (session: string, held: boolean): void => registry.conductOf(session).hold(held)
  const holds = createHoldDesk({ ...around, isHeld, hold, tell: desk.tellHeld })
  const { onThisMachine } = settings.panel
  return {
    hardware,
    isHeld,
    prove: createProveOperator({ ...around, onThisMachine, awaitPress: hardware.awaitPress }),
    typing: holds.typing,
    follow: () => {
      hardware.follow()
      holds.follow()
    },
    close: hardware.close,
  }
}
