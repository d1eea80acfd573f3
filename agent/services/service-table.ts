import type { ServiceSettings } from '../settings/agent-settings.ts'
import type { SwitchStore } from '../state/switch-store.ts'
import type { PortalSwitches } from '../wire/agent-api.ts'

/** The only table that says which address a service is, and whether the customer lets anybody near it. */
export interface ServiceTable {
  find(name: string): ServiceSettings | undefined
  list(): readonly (ServiceSettings & { readonly on: boolean })[]
  /** Its switch is on, and remote service as a whole, here and, as far as it is known, in the portal. */
  isOn(name: string): boolean
  /** Its own switch here. */
  isOnHere(name: string): boolean
  /** Its pages are shown at the panel: by the setting here and, as far as it is known, by the one in the portal. */
  isMirrored(name: string): boolean
  /** No consent stands for it: somebody has to hold an input here, or the portal wants a press each time. */
  needsPress(name: string): boolean
  title(name: string): string
  /** For this process alone, at once; the caller makes it durable. */
  set(name: string, on: boolean): void
  /** Remote service as a whole, in the same way. */
  setRemote(on: boolean): void
  /** Here. */
  readonly remote: boolean
  /** What the portal said last; null before it did. */
  readonly portal: PortalSwitches | null
  setPortal(switches: PortalSwitches): void
}

export function createServiceTable(options: {
  readonly services: ReadonlyMap<string, ServiceSettings>
  readonly switches: SwitchStore
  readonly remote: boolean
}): ServiceTable {
  let { remote } = options
  let portal: PortalSwitches | null = null
  const isOnInPortal = (name: string): boolean => portal === null || (portal.remote && portal.services[name] !== false)
  const on = new Map([...options.services.values()].map((service) => [service.name, options.switches.get(service.name) ?? service.enabled]))
  return {
    find: (name) => options.services.get(name),
    list: () => [...options.services.values()].map((service) => ({ ...service, on: on.get(service.name) === true })),
    isOn: (name) => remote && on.get(name) === true && isOnInPortal(name),
    isOnHere: (name) => on.get(name) === true,
    isMirrored: (name) => options.services.get(name)?.mirrored === true && portal?.unrecorded?.includes(name) !== true,
    needsPress: (name) => options.services.get(name)?.enabling !== false || portal?.attended_only?.includes(name) === true,
    title: (name) => options.services.get(name)?.title ?? name,
    set: (name, value) => void on.set(name, value),
    setRemote: (value) => void (remote = value),
    setPortal: (switches) => void (portal = switches),
    get portal() {
      return portal
    },
    get remote() {
      return remote
    },
  }
}
