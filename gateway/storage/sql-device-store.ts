import type { DeviceId, OrganisationId } from '../basics/ids.ts'
import type { DeviceFilter, DeviceStore } from '../devices/device-store.ts'
import type { Device } from '../devices/device.ts'
import type { NewEvent } from '../ledger/event.ts'
import { checkedLimit, decodeCursor, encodeCursor, pageOf } from './paging.ts'
import { exists, oneRowOrStale, unknown } from './refusals.ts'
import type { DeviceRow } from './schema.ts'
import { folded, matchesSearch, searchText } from './search-text.ts'
import { change } from './storage-context.ts'
import type { StorageContext } from './storage-context.ts'
import { assertWithinScope, withinScope } from './within-scope.ts'

/** Lists are in the order of the name, then the id. */
export function createSqlDeviceStore(context: StorageContext): DeviceStore {
  const { read } = context.database
  return {
    async insert(device, events) {
      const query = read
        .insertInto('devices')
        .values({ ...rowOf(device), ...(device.remoteAllowed ? {} : { remote_allowed: 0 }), ...laterColumnsOf(device) })
        .compile()
      await change(context, [{ query, unique: exists('device'), missing: unknown('organisation') }], events)
    },

    async update(scope, device, events) {
      assertWithinScope(scope, device.organisationId)
      const query = read
        .updateTable('devices')
        .set({
          ...rowOf(device),
          remote_allowed: device.remoteAllowed ? 1 : 0,
          recording: null,
          attended_only: null,
          ...laterColumnsOf(device),
        })
        .where('id', '=', device.id)
        .where('version', '=', device.version - 1)
        .where(withinScope(scope))
        .compile()
      await change(context, [{ query, expect: oneRowOrStale, missing: unknown('organisation') }], events)
    },

    recordContact: (id, contact, events) => recordContact(context, id, contact, events),

    async find(scope, id) {
      const row = await read.selectFrom('devices').selectAll().where('id', '=', id).where(withinScope(scope)).executeTakeFirst()
      return row && deviceOf(row)
    },

    async findMany(scope, ids) {
      const rows = await read.selectFrom('devices').selectAll().where('id', 'in', ids).where(withinScope(scope)).execute()
      return rows.map(deviceOf)
    },

    async list(scope, filter, page) {
      const limit = checkedLimit(page.limit)
      let query = filtered(read.selectFrom('devices').selectAll().where(withinScope(scope)), filter)
      if (page.after !== null) {
        const [name, id] = decodeCursor(page.after, ['text', 'text'])
        query = query.where((eb) => eb(eb.refTuple('sort_name', 'id'), '>', eb.tuple(name, id)))
      }
      const rows = await query
        .orderBy('sort_name')
        .orderBy('id')
        .limit(limit + 1)
        .execute()
      return pageOf(rows, limit, deviceOf, (row) => [row.sort_name, row.id])
    },

    cursorAfter: (device) => encodeCursor([folded(device.name), device.id]),
  }
}

function selectDevices({ database }: StorageContext) {
  return database.read.selectFrom('devices').selectAll()
}

function filtered(query: ReturnType<typeof selectDevices>, filter: DeviceFilter): ReturnType<typeof selectDevices> {
  let narrowed = query
  if (filter.organisation !== undefined) narrowed = narrowed.where('organisation_id', '=', filter.organisation)
  if (filter.region !== undefined) narrowed = narrowed.where('region', '=', filter.region)
  if (filter.productLine !== undefined) narrowed = narrowed.where('product_line', '=', filter.productLine)
  if (filter.status !== undefined) narrowed = narrowed.where('status', '=', filter.status)
  if (filter.search !== undefined) narrowed = narrowed.where(matchesSearch(filter.search))
  return narrowed
}

async function recordContact(
  context: StorageContext,
  id: DeviceId,
  contact: Parameters<DeviceStore['recordContact']>[1],
  events: readonly NewEvent[],
): Promise<void> {
  const set: Partial<DeviceRow> = {}
  if (contact.services !== undefined) set.services = JSON.stringify(contact.services)
  if (contact.agentVersion !== undefined) set.agent_version = contact.agentVersion
  if (contact.boot !== undefined) set.boot = contact.boot
  if (contact.lastEvent !== undefined) set.last_event = contact.lastEvent
  if (contact.remoteOffAt !== undefined) set.remote_off_at = contact.remoteOffAt
  if (contact.lastSeenAt !== undefined) set.last_seen_at = contact.lastSeenAt
  const update = context.database.read.updateTable('devices').set(set).where('id', '=', id).compile()
  const statement = { query: update, expect: { changes: 1, otherwise: unknown('device') } }
  await change(context, Object.keys(set).length === 0 ? [] : [statement], events)
}

/** Without what only contact with the machine tells: nobody writes that from here. */
function rowOf(device: Device): Omit<DeviceRow, 'remote_off_at' | 'remote_allowed' | 'recording' | 'attended_only'> {
  return {
    id: device.id,
    organisation_id: device.organisationId,
    name: device.name,
    site: device.site,
    region: device.region,
    country: device.country,
    time_zone: device.timeZone,
    product_line: device.productLine,
    model: device.model,
    contract: device.contract,
    status: device.status,
    services: JSON.stringify(device.services),
    switches: JSON.stringify(device.switches),
    agent_version: device.agentVersion,
    boot: device.boot,
    last_event: device.lastEvent,
    last_seen_at: device.lastSeenAt,
    created_at: device.createdAt,
    version: device.version,
    sort_name: folded(device.name),
    search: searchText(device.id, device.name, device.site, device.model),
  }
}

/** An older database has no such columns: nothing is written there that was not set. */
function laterColumnsOf({ recording, attendedOnly }: Device): Partial<Pick<DeviceRow, 'recording' | 'attended_only'>> {
  return {
    ...(Object.keys(recording).length === 0 ? {} : { recording: JSON.stringify(recording) }),
    ...(attendedOnly.length === 0 ? {} : { attended_only: JSON.stringify(attendedOnly) }),
  }
}

function deviceOf(row: DeviceRow): Device {
  return {
    id: row.id as DeviceId,
    organisationId: row.organisation_id as OrganisationId,
    name: row.name,
    site: row.site,
    region: row.region,
    country: row.country,
    timeZone: row.time_zone,
    productLine: row.product_line,
    model: row.model,
    contract: row.contract as Device['contract'],
    status: row.status as Device['status'],
    services: JSON.parse(row.services) as Device['services'],
    switches: JSON.parse(row.switches) as Device['switches'],
    remoteAllowed: row.remote_allowed !== 0,
    recording: row.recording === null ? {} : (JSON.parse(row.recording) as Device['recording']),
    attendedOnly: row.attended_only === null ? [] : (JSON.parse(row.attended_only) as Device['attendedOnly']),
    agentVersion: row.agent_version,
    boot: row.boot,
    lastEvent: row.last_event,
    lastSeenAt: row.last_seen_at,
    remoteOffAt: row.remote_off_at,
    createdAt: row.created_at,
    version: row.version,
  }
}
