import type { DeviceId, OrganisationId } from '../basics/ids.ts'
import type { Page, PageRequest } from '../basics/page.ts'
import type { Scope } from '../basics/scope.ts'
import type { NewEvent } from '../ledger/event.ts'
import type { Device, DeviceStatus } from './device.ts'

export interface DeviceFilter {
  /** Part of id, name, site or model, any case. */
  readonly search?: string
  readonly region?: string
  readonly productLine?: string
  readonly status?: DeviceStatus
  readonly organisation?: OrganisationId
}

/** Errors: `device_exists`, `stale_version` (conflict). */
export interface DeviceStore {
  insert(device: Device, events: readonly NewEvent[]): Promise<void>
  /** `device.version` is the new version; the row must have the one before. */
  update(scope: Scope, device: Device, events: readonly NewEvent[]): Promise<void>
  /** Contact data alone (services, agent version, boot, last seen): no version, no conflict, last writer wins. */
  recordContact(
    id: DeviceId,
    contact: Partial<Pick<Device, 'services' | 'agentVersion' | 'boot' | 'lastEvent' | 'lastSeenAt' | 'remoteOffAt'>>,
    events: readonly NewEvent[],
  ): Promise<void>
  find(scope: Scope, id: DeviceId): Promise<Device | undefined>
  /** Those that exist, in any order; at most 500 are asked for. */
  findMany(scope: Scope, ids: readonly DeviceId[]): Promise<readonly Device[]>
  list(scope: Scope, filter: DeviceFilter, page: PageRequest): Promise<Page<Device>>
  /** The cursor of a list that goes on behind this device. */
  cursorAfter(device: Device): string
}
