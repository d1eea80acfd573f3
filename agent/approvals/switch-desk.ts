import { AgentError } from '../basics/agent-error.ts'
import type { Clock } from '../basics/clock.ts'
import type { Logger } from '../basics/logger.ts'
import type { OperatorList } from '../operators/operator-list.ts'
import type { IdentifiedOperator } from '../operators/operator.ts'
import type { ServiceTable } from '../services/service-table.ts'
import type { ActStore } from '../state/act-store.ts'
import type { AgentEventBody } from '../state/event-store.ts'
import type { RemoteStore } from '../state/remote-store.ts'
import type { SwitchStore } from '../state/switch-store.ts'
import type { PortalSwitches } from '../wire/agent-api.ts'
import type { DurableRecords } from './durable-records.ts'

/** The customer's switches at the panel: each service, and remote service as a whole. */
export interface SwitchDesk {
  /** The machine may be reached again. @throws AgentError `not_durable` */
  remoteOn(by: IdentifiedOperator): void
  /** Ends what lives, and nothing leaves this machine any more, whatever the disk does. @throws AgentError `unknown_operator` */
  remoteOff(by: string): void
  /** @throws AgentError `unknown_service`, `not_durable` */
  switchOn(service: string, by: IdentifiedOperator): void
  /** Holds at once, whatever the disk does. @throws AgentError `unknown_service`, `unknown_operator` */
  switchOff(service: string, by: string): void
  /** The customer's switches in the portal: what is off there ends and stays barred here; nothing here becomes looser. */
  portalSwitches(switches: PortalSwitches): void
}

export interface SwitchDeskOptions {
  readonly services: ServiceTable
  readonly switches: SwitchStore
  readonly remote: RemoteStore
  readonly acts: ActStore
  readonly clock: Clock
  readonly operators: OperatorList
  readonly records: DurableRecords
  readonly event: (body: AgentEventBody) => void
  /** Ends the session that has this service, and writes `cause` with its end; false when there is none. */
  readonly endUsing: (service: string, by: string | null, cause: () => void) => boolean
  /** Ends the session that has this service where nobody pressed for it. */
  readonly endUnpressed: (service: string) => void
  /** Ends the session that lives and takes back the request that is shown. */
  readonly endAll: (by: string) => void
  /** Opens the way out, or closes it for good. */
  readonly onRemote: (on: boolean) => void
  /** What narrows: written now or later. */
  readonly record: (write: () => void) => void
  readonly logger: Logger
  readonly onChange: () => void
}

export function createSwitchDesk(options: SwitchDeskOptions): SwitchDesk {
  const { services, operators, clock, logger } = options
  const known = (service: string): void => {
    if (services.find(service) === undefined)
      throw new AgentError({ code: 'unknown_service', message: 'There is no such service on this machine.' })
  }
  const write = (service: string, enabled: boolean, by: string): void => {
    options.switches.set(service, enabled)
    options.acts.put({ atMs: clock.nowMs(), act: enabled ? 'service_on' : 'service_off', service, by })
    options.event({ type: 'switch.changed', service, enabled, by })
  }
  const writeRemote = (on: boolean, by: string): void => {
    const atMs = clock.nowMs()
    options.remote.set({ on, by, atMs })
    options.acts.put({ atMs, act: on ? 'remote_on' : 'remote_off', service: null, by })
    options.event({ type: 'remote.changed', enabled: on, by })
  }
  return {
    remoteOn: ({ name }) => {
      if (services.remote) return
      options.records.commit(() => writeRemote(true, name))
      services.setRemote(true)
      logger.info({ by: name }, 'remote service was switched on')
      options.onRemote(true)
      options.onChange()
    },
    remoteOff: (by) => {
      operators.known(by)
      if (!services.remote) return
      services.setRemote(false)
      options.endAll(by)
      options.record(() => writeRemote(false, by))
      logger.info({ by }, 'remote service was switched off')
      options.onRemote(false)
      options.onChange()
    },
    switchOn: (service, { name }) => {
      known(service)
      if (services.isOnHere(service)) return
      options.records.commit(() => write(service, true, name))
      services.set(service, true)
      logger.info({ service }, 'a service was switched on')
      options.onChange()
    },
    switchOff: (service, by) => {
      known(service)
      operators.known(by)
      if (!services.isOnHere(service)) return
      services.set(service, false)
      const off = (): void => write(service, false, by)
      // Told in this order the gateway reads who ended the session before it finds itself that it has to end.
      if (!options.endUsing(service, by, off)) options.record(off)
      logger.info({ service }, 'a service was switched off')
      options.onChange()
    },
    portalSwitches: (switches) => {
      // A gateway may say it a thousand times.
      if (JSON.stringify(switches) === JSON.stringify(services.portal)) return
      services.setPortal(switches)
      for (const { name } of services.list()) {
        if (!services.isOn(name)) options.endUsing(name, null, () => {})
        else if (services.needsPress(name)) options.endUnpressed(name)
      }
      logger.info(switches, 'the switches of the portal')
      options.onChange()
    },
  }
}
