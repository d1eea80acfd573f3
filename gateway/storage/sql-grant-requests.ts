import type { DeviceId, GrantRequestId, OrganisationId, PersonId, ServiceName } from '../basics/ids.ts'
import type { Scope } from '../basics/scope.ts'
import type { GrantRequest } from '../grants/grant-request.ts'
import type { GrantRequestFilter, GrantRequestStore } from '../grants/grant-request-store.ts'
import type { GrantRequestRow } from './grant-request-row.ts'
import { checkedLimit, decodeCursor, pageOf } from './paging.ts'
import { exists, oneRowOrStale, unknown } from './refusals.ts'
import { change } from './storage-context.ts'
import type { StorageContext } from './storage-context.ts'
import { assertWithinScope, withinScope } from './within-scope.ts'

export function createSqlGrantRequests(context: StorageContext): GrantRequestStore {
  const { read } = context.database
  const chosen = (scope: Scope, { person, device, list, open }: GrantRequestFilter) => {
    let query = read.selectFrom('grant_requests').where(withinScope(scope))
    if (person !== undefined) query = query.where('person_id', '=', person)
    if (device !== undefined) query = query.where('device_id', '=', device)
    if (list !== undefined)
      query = query
        .where('answered_by_role', 'in', list.roles.length === 0 ? ['nobody'] : [...list.roles])
        .where((eb) => eb.or([eb('answered_by_organisation', 'is', null), eb('answered_by_organisation', '=', list.organisation)]))
    if (open !== undefined) query = query.where('state', open ? '=' : '<>', 'open')
    return query
  }
  return {
    async insert(request, events) {
      const query = read.insertInto('grant_requests').values(rowOf(request)).compile()
      await change(context, [{ query, unique: exists('grant_request'), missing: unknown('person') }], events)
    },

    async end(scope, request, events) {
      assertWithinScope(scope, request.organisationId)
      const query = read
        .updateTable('grant_requests')
        .set(rowOf(request))
        .where('id', '=', request.id)
        .where('state', '=', 'open')
        .where(withinScope(scope))
        .compile()
      await change(context, [{ query, expect: oneRowOrStale }], events)
    },

    async find(scope, id) {
      const row = await read.selectFrom('grant_requests').selectAll().where('id', '=', id).where(withinScope(scope)).executeTakeFirst()
      return row && requestOf(row)
    },

    async list(scope, filter, page) {
      const limit = checkedLimit(page.limit)
      let query = chosen(scope, filter).selectAll()
      if (page.after !== null) {
        const [position] = decodeCursor(page.after, ['number'])
        query = query.where('position', '<', position)
      }
      const rows = await query
        .orderBy('position', 'desc')
        .limit(limit + 1)
        .execute()
      return pageOf(rows, limit, requestOf, (row) => [row.position])
    },

    async count(scope, { sinceS, ...filter }) {
      let query = chosen(scope, filter).select((eb) => eb.fn.countAll<number>().as('count'))
      if (sinceS !== undefined) query = query.where('asked_at', '>=', sinceS)
      return (await query.executeTakeFirstOrThrow()).count
    },
  }
}

function rowOf(request: GrantRequest): Omit<GrantRequestRow, 'position'> {
  const { about, answer } = request
  return {
    id: request.id,
    organisation_id: request.organisationId,
    person_id: request.personId,
    device_id: about?.deviceId ?? null,
    service: about?.service ?? null,
    code: about?.code ?? null,
    note: request.note,
    answered_by_role: request.answeredByRole,
    answered_by_organisation: request.answeredByOrganisation,
    state: request.state,
    asked_at: request.askedAt,
    answered_at: answer?.at ?? null,
    answered_by: answer?.by ?? null,
    answer: answer?.text ?? null,
  }
}

function requestOf(row: Omit<GrantRequestRow, 'position'>): GrantRequest {
  const { device_id: deviceId, service, code, answered_at: at } = row
  return {
    id: row.id as GrantRequestId,
    organisationId: row.organisation_id as OrganisationId,
    personId: row.person_id as PersonId,
    about:
      deviceId === null || service === null || code === null
        ? null
        : { deviceId: deviceId as DeviceId, service: service as ServiceName, code },
    note: row.note,
    answeredByRole: row.answered_by_role as GrantRequest['answeredByRole'],
    answeredByOrganisation: row.answered_by_organisation as OrganisationId | null,
    state: row.state as GrantRequest['state'],
    askedAt: row.asked_at,
    answer: at === null ? null : { at, by: row.answered_by as PersonId | null, text: row.answer ?? '' },
  }
}
