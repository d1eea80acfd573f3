import { sql } from 'kysely'
import type { DeviceId, OrganisationId, PersonId, SessionId } from '../basics/ids.ts'
import type { SessionFilter, SessionStore } from '../sessions/session-store.ts'
import type { EndReason, Session, SessionState } from '../sessions/session.ts'
import { checkedLimit, decodeCursor, pageOf } from './paging.ts'
import { exists, oneRowOrStale, unknown } from './refusals.ts'
import type { SessionRow } from './schema.ts'
import { change } from './storage-context.ts'
import type { StorageContext } from './storage-context.ts'
import { withinScope } from './within-scope.ts'

export function createSqlSessionStore(context: StorageContext): SessionStore {
  const { read } = context.database
  return {
    async insert(session, events) {
      const query = read.insertInto('sessions').values(rowOf(session)).compile()
      await change(context, [{ query, unique: exists('session'), missing: unknown('device') }], events)
    },

    async update(session, events) {
      const query = read
        .updateTable('sessions')
        .set(rowOf(session))
        .where('id', '=', session.id)
        .where('version', '=', session.version - 1)
        .compile()
      await change(context, [{ query, expect: oneRowOrStale }], events)
    },

    async find(scope, id) {
      const row = await selectSessions(context).where('id', '=', id).where(withinScope(scope)).executeTakeFirst()
      return row && sessionOf(row)
    },

    async list(scope, filter, page) {
      const limit = checkedLimit(page.limit)
      let query = filtered(selectSessions(context).where(withinScope(scope)), filter)
      if (page.after !== null) {
        const [requestedAt, id] = decodeCursor(page.after, ['number', 'text'])
        query = query.where((eb) => eb(eb.refTuple('requested_at', 'id'), '<', eb.tuple(requestedAt, id)))
      }
      const rows = await query
        .orderBy('requested_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute()
      return pageOf(rows, limit, sessionOf, (row) => [row.requested_at, row.id])
    },

    async listLive() {
      const rows = await filtered(selectSessions(context), { live: true }).orderBy('requested_at').orderBy('id').execute()
      return rows.map(sessionOf)
    },
  }
}

function selectSessions({ database }: StorageContext) {
  return database.read.selectFrom('sessions').selectAll()
}

function filtered(query: ReturnType<typeof selectSessions>, filter: SessionFilter): ReturnType<typeof selectSessions> {
  let narrowed = query
  if (filter.person !== undefined) narrowed = narrowed.where('person_id', '=', filter.person)
  if (filter.device !== undefined) narrowed = narrowed.where('device_id', '=', filter.device)
  if (filter.organisation !== undefined) narrowed = narrowed.where('organisation_id', '=', filter.organisation)
  if (filter.state !== undefined) narrowed = narrowed.where('state', '=', filter.state)
  // A literal, since the partial index is only used when its condition stands in the query.
  if (filter.live === true) narrowed = narrowed.where(sql<boolean>`state <> 'ended'`)
  return narrowed
}

function rowOf(session: Session): SessionRow {
  return {
    id: session.id,
    organisation_id: session.organisationId,
    device_id: session.deviceId,
    person_id: session.personId,
    authentication: JSON.stringify(session.authentication),
    address: session.address,
    state: session.state,
    request: JSON.stringify(session.request),
    request_digest: session.requestDigest,
    pending_extension: session.pendingExtension && JSON.stringify(session.pendingExtension),
    approval: session.approval && JSON.stringify(session.approval),
    extensions: session.extensions,
    requested_at: session.requestedAt,
    shown_at: session.shownAt,
    approved_at: session.approvedAt,
    opened_at: session.openedAt,
    expires_at: session.expiresAt,
    ended_at: session.endedAt,
    end_reason: session.endReason,
    ended_by: session.endedBy,
    end_codes: JSON.stringify(session.endCodes),
    tunnel_lost_at: session.tunnelLostAt,
    version: session.version,
  }
}

function sessionOf(row: SessionRow): Session {
  return {
    id: row.id as SessionId,
    organisationId: row.organisation_id as OrganisationId,
    deviceId: row.device_id as DeviceId,
    personId: row.person_id as PersonId,
    authentication: JSON.parse(row.authentication) as Session['authentication'],
    address: row.address,
    state: row.state as SessionState,
    request: JSON.parse(row.request) as Session['request'],
    requestDigest: row.request_digest,
    pendingExtension: row.pending_extension === null ? null : (JSON.parse(row.pending_extension) as Session['request']),
    approval: row.approval === null ? null : (JSON.parse(row.approval) as Session['approval']),
    extensions: row.extensions,
    requestedAt: row.requested_at,
    shownAt: row.shown_at,
    approvedAt: row.approved_at,
    openedAt: row.opened_at,
    expiresAt: row.expires_at,
    endedAt: row.ended_at,
    endReason: row.end_reason as EndReason | null,
    endedBy: row.ended_by,
    endCodes: JSON.parse(row.end_codes) as string[],
    tunnelLostAt: row.tunnel_lost_at,
    version: row.version,
  }
}
