import { AgentError } from '../basics/agent-error.ts'
import type { Logger } from '../basics/logger.ts'
import type { OperatorList } from '../operators/operator-list.ts'
import type { IdentifiedOperator } from '../operators/operator.ts'
import type { ServiceTable } from '../services/service-table.ts'
import type { AgentEventBody } from '../state/event-store.ts'
import type { SwitchStore } from '../state/switch-store.ts'
import type { DurableRecords } from './durable-records.ts'

/** The customer's switch of each service, at the panel. */
export interface SwitchDesk {
  /** @throws AgentError `unknown_service`, `not_durable` */
  switchOn(service: string, by: IdentifiedOperator): void
  /** Holds at once, whatever the disk does. @throws AgentError `unknown_service`, `unknown_operator` */
  switchOff(service: string, by: string): void
}

export interface SwitchDeskOptions {
  readonly services: ServiceTable
  readonly switches: SwitchStore
  readonly operators: OperatorList
  readonly records: DurableRecords
  readonly event: (body: AgentEventBody) => void
  /** Ends the session that has this service, and writes `cause` with its end; false when there is none. */
  readonly endUsing: (service: string, by: string, cause: () => void) => boolean
  /** What narrows: written now or later. */
  readonly record: (write: () => void) => void
  readonly logger: Logger
  readonly onChange: () => void
}

export function createSwitchDesk(options: SwitchDeskOptions): SwitchDesk {
  const { services, operators, logger } = options
  const known = (service: string): void => {
    if (services.find(service) === undefined)
      throw new AgentError({ code: 'unknown_service', message: 'There is no such service on this machine.' })
  }
  const write = (service: string, enabled: boolean, by: string): void => {
    options.switches.set(service, enabled)
    options.event({ type: 'switch.changed', service, enabled, by })
  }
  return {
    switchOn: (service, { name }) => {
      known(service)
      if (services.isOn(service)) return
      options.records.commit(() => write(service, true, name))
      services.set(service, true)
      logger.info({ service }, 'a service was switched on')
      options.onChange()
    },
    switchOff: (service, by) => {
      known(service)
      operators.known(by)
      if (!services.isOn(service)) return
      services.set(service, false)
      const off = (): void => write(service, false, by)
      // Told in this order the gateway reads who ended the session before it finds itself that it has to end.
      if (!options.endUsing(service, by, off)) options.record(off)
      logger.info({ service }, 'a service was switched off')
      options.onChange()
    },
  }
}
