import type { ServiceSettings } from '../settings/agent-settings.ts'
import type { SwitchStore } from '../state/switch-store.ts'

/** The only table that says which address a service is, and whether the customer lets anybody near it. */
export interface ServiceTable {
  find(name: string): ServiceSettings | undefined
  list(): readonly (ServiceSettings & { readonly on: boolean })[]
  /** Its switch is on, and remote service as a whole. */
  isOn(name: string): boolean
  title(name: string): string
  /** For this process alone, at once; the caller makes it durable. */
  set(name: string, on: boolean): void
  /** Remote service as a whole, in the same way. */
  setRemote(on: boolean): void
  readonly remote: boolean
}

export function createServiceTable(options: {
  readonly services: ReadonlyMap<string, ServiceSettings>
  readonly switches: SwitchStore
  readonly remote: boolean
}): ServiceTable {
  let { remote } = options
  const on = new Map([...options.services.values()].map((service) => [service.name, options.switches.get(service.name) ?? service.enabled]))
  return {
    find: (name) => options.services.get(name),
    list: () => [...options.services.values()].map((service) => ({ ...service, on: on.get(service.name) === true })),
    isOn: (name) => remote && on.get(name) === true,
    title: (name) => options.services.get(name)?.title ?? name,
    set: (name, value) => void on.set(name, value),
    setRemote: (value) => void (remote = value),
    get remote() {
      return remote
    },
  }
}
