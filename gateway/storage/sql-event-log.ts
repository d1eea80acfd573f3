import { sql } from 'kysely'
import type { DeviceId, OrganisationId, SessionId } from '../basics/ids.ts'
import type { EventLog } from '../ledger/event-log.ts'
import type { ActorKind, EventType, NewEvent, RecordedEvent } from '../ledger/event.ts'
import { isPerson } from './event-recorder.ts'
import { checkedLimit, decodeCursor, pageOf } from './paging.ts'
import type { EventRow, EventValueRow, Schema } from './schema.ts'
import { change } from './storage-context.ts'
import type { StorageContext } from './storage-context.ts'
import { withinScope } from './within-scope.ts'
import type { Database } from '../database/database.ts'
import type { Selectable } from 'kysely'

/** Newest first. */
export function createSqlEventLog(context: StorageContext): EventLog {
  const { database } = context
  return {
    async append(events) {
      await change(context, [], events)
    },

    async list(scope, filter, page) {
      const limit = checkedLimit(page.limit)
      let query = database.read.selectFrom('events').selectAll().where(withinScope(scope))
      if (filter.device !== undefined) query = query.where('log_kind', '=', 'g').where('log_id', '=', filter.device)
      if (filter.organisation !== undefined) query = query.where('organisation_id', '=', filter.organisation)
      if (filter.session !== undefined) query = query.where('session', '=', filter.session.replace(/^ses_/, ''))
      if (filter.type !== undefined) query = query.where('type', '=', filter.type)
      if (page.after !== null) query = query.where('position', '<', decodeCursor(page.after, ['number'])[0])
      const rows = await query
        .orderBy('position', 'desc')
        .limit(limit + 1)
        .execute()
      const values = await valuesOf(database, rows)
      return pageOf(
        rows,
        limit,
        (row) => recordedEvent(row, values),
        (row) => [row.position],
      )
    },
  }
}

type Values = ReadonlyMap<string, string | null>

const valueKey = (row: Pick<EventValueRow, 'log_kind' | 'log_id' | 'seq' | 'hash'>): string =>
  `${row.log_kind} ${row.log_id} ${row.seq} ${row.hash}`

async function valuesOf(database: Database<Schema>, rows: readonly Selectable<EventRow>[]): Promise<Values> {
  if (rows.length === 0) return new Map()
  const keys = sql.join(rows.map((row) => sql`(${row.log_kind}, ${row.log_id}, ${row.seq})`))
  const values = await database.read
    .selectFrom('event_values')
    .selectAll()
    .where(sql<boolean>`(log_kind, log_id, seq) IN (VALUES ${keys})`)
    .execute()
  return new Map(values.map((row) => [valueKey(row), row.value]))
}

function recordedEvent(row: Selectable<EventRow>, values: Values): RecordedEvent {
  const open = (hash: string): string | null => values.get(valueKey({ ...row, hash })) ?? null
  const log: NewEvent['log'] =
    row.log_kind === 'g' ? { kind: 'g', device: row.log_id as DeviceId } : { kind: 'o', organisation: row.log_id as OrganisationId }
  const kind = row.actor_kind as ActorKind
  return {
    log,
    seq: row.seq,
    time: row.time_ms,
    type: row.type as EventType,
    session: row.session === null ? null : (`ses_${row.session}` as SessionId),
    actor: { kind, id: row.actor_id !== null && isPerson(kind) ? (opened(JSON.parse(row.actor_id), open) as string | null) : row.actor_id },
    detail: opened(JSON.parse(row.detail), open) as Record<string, unknown>,
  }
}

/** Every `{"sealed": hash}` becomes its value, or null where that was erased. */
function opened(value: unknown, open: (hash: string) => string | null): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => opened(item, open))
  const members = Object.entries(value)
  const [only] = members
  if (members.length === 1 && only?.[0] === 'sealed' && typeof only[1] === 'string') return open(only[1])
  return Object.fromEntries(members.map(([name, member]) => [name, opened(member, open)]))
}
