import type { Clock } from '../basics/clock.ts'
import { CodedError } from '../basics/coded-error.ts'
import type { DeviceId, OrganisationId } from '../basics/ids.ts'
import type { Scope } from '../basics/scope.ts'
import type { EventType, NewEvent } from '../ledger/event.ts'
import type { DeviceChanges } from './device-changes.ts'
import type { DeviceStore } from './device-store.ts'
import type { Device, DeviceStatus } from './device.ts'

/** What every use case that administers devices is handed. */
export interface DeviceRoom {
  readonly store: DeviceStore
  readonly changes: DeviceChanges
  readonly clock: Clock
}

export type NewDeviceFacts = Pick<Device, 'id' | 'name' | 'site' | 'region' | 'country' | 'timeZone' | 'productLine' | 'model'> & {
  readonly organisationId: OrganisationId
}

export async function createDevice(room: DeviceRoom, facts: NewDeviceFacts, actor: NewEvent['actor']): Promise<Device> {
  const device: Device = {
    ...facts,
    contract: 'active',
    status: 'registered',
    services: [],
    switches: {},
    recording: {},
    attendedOnly: [],
    remoteAllowed: true,
    agentVersion: null,
    boot: null,
    lastEvent: 0,
    lastSeenAt: null,
    remoteOffAt: null,
    createdAt: room.clock.nowS(),
    version: 1,
  }
  await room.store.insert(device, [deviceEvent(device, 'device.created', actor, factsOf(device))])
  room.changes.tell(device.id)
  return device
}

export async function demandDevice(room: Pick<DeviceRoom, 'store'>, scope: Scope, id: DeviceId): Promise<Device> {
  const device = await room.store.find(scope, id)
  if (device !== undefined) return device
  throw new CodedError({ code: 'device_unknown', message: 'There is no such device.', remedy: 'not_found' })
}

export type DeviceChange = Partial<
  Pick<
    Device,
    'name' | 'site' | 'region' | 'country' | 'timeZone' | 'productLine' | 'model' | 'contract' | 'switches' | 'remoteAllowed' | 'recording'
  >
> & {
  /** True: a press at the machine is always needed. Services that are not named stay as they are. */
  readonly attendedOnly?: Readonly<Record<string, boolean>>
}

/** @throws CodedError `device_unknown`, `stale_version` */
export async function changeDevice(
  room: DeviceRoom,
  scope: Scope,
  id: DeviceId,
  version: number,
  change: DeviceChange,
  actor: NewEvent['actor'],
): Promise<Device> {
  const device = await demandDevice(room, scope, id)
  if (device.version !== version) {
    throw new CodedError({
      code: 'stale_version',
      message: 'Somebody changed this device in the meantime. Read again, then decide.',
      remedy: 'conflict',
    })
  }
  const switches = { ...device.switches, ...change.switches }
  const recording = { ...device.recording, ...change.recording }
  const attendedOnly = withChanges(device.attendedOnly, change.attendedOnly ?? {})
  const changed: Device = { ...device, ...change, switches, recording, attendedOnly, version: version + 1 }
  const limited = Object.entries(change.attendedOnly ?? {}).filter(([service, only]) => device.attendedOnly.includes(service) !== only)
  const switched = Object.entries(change.switches ?? {}).filter(([service, enabled]) => (device.switches[service] ?? true) !== enabled)
  const recorded = Object.entries(change.recording ?? {}).filter(([service, mode]) => (device.recording[service] ?? 'mask_all') !== mode)
  const isTurned = changed.remoteAllowed !== device.remoteAllowed
  await room.store.update(scope, changed, [
    deviceEvent(changed, 'device.changed', actor, factsOf(changed)),
    ...(isTurned ? [deviceEvent(changed, 'remote.changed', actor, { enabled: changed.remoteAllowed, where: 'gateway' })] : []),
    ...limited.map(([service, only]) => deviceEvent(changed, 'mode.limited', actor, { service, attended_only: only })),
    ...recorded.map(([service, mode]) => deviceEvent(changed, 'recording.changed', actor, { mode, service })),
    ...switched.map(([service, enabled]) => deviceEvent(changed, 'switch.changed', actor, { enabled, service, where: 'gateway' })),
  ])
  room.changes.tell(id)
  return changed
}

const withChanges = (names: readonly string[], change: Readonly<Record<string, boolean>>): readonly string[] => [
  ...names.filter((name) => change[name] !== false),
  ...Object.keys(change).filter((name) => change[name] === true && !names.includes(name)),
]

const acts = {
  suspend: { from: ['active', 'registered'], to: 'suspended', event: 'device.suspended' },
  resume: { from: ['suspended'], to: 'active', event: 'device.resumed' },
  revoke: { from: ['registered', 'active', 'suspended'], to: 'revoked', event: 'device.revoked' },
} as const satisfies Record<string, { from: readonly DeviceStatus[]; to: DeviceStatus; event: EventType }>

export type DeviceAct = keyof typeof acts

/** Suspends, resumes or revokes; who depends on the device is told once it is durable. @throws CodedError `device_unknown`, `wrong_state` */
export async function actOnDevice(
  room: DeviceRoom,
  scope: Scope,
  id: DeviceId,
  act: DeviceAct,
  reason: string,
  actor: NewEvent['actor'],
): Promise<Device> {
  const device = await demandDevice(room, scope, id)
  const { from, to, event } = acts[act]
  if (!(from as readonly DeviceStatus[]).includes(device.status)) {
    throw new CodedError({
      code: 'wrong_state',
      message: `${device.name} is ${device.status}; only one that is ${from.join(' or ')} can be changed so.`,
      remedy: 'conflict',
    })
  }
  const changed: Device = { ...device, status: to, version: device.version + 1 }
  await room.store.update(scope, changed, [deviceEvent(changed, event, actor, { reason })])
  room.changes.tell(id)
  return changed
}

function deviceEvent(device: Device, type: EventType, actor: NewEvent['actor'], detail: NewEvent['detail']): NewEvent {
  return { log: { kind: 'g', device: device.id }, type, session: null, actor, detail }
}

const factsOf = (device: Device): NewEvent['detail'] => ({
  contract: device.contract,
  country: device.country,
  model: device.model,
  name: device.name,
  organisation: device.organisationId,
  product_line: device.productLine,
  region: device.region,
  site: device.site,
  status: device.status,
  time_zone: device.timeZone,
})
