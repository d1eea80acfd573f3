import { sql } from 'kysely'
import type { OrganisationId, PersonId } from '../basics/ids.ts'
import type { PeopleStore, PersonFilter } from '../people/people-store.ts'
import type { WriteStatement } from '../database/database.ts'
import type { Organisation, Person, Role } from '../people/person.ts'
import { checkedLimit, decodeCursor, pageOf } from './paging.ts'
import { exists, lastOfRole, oneRowOrStale, unknown } from './refusals.ts'
import type { PersonRow, Schema } from './schema.ts'
import { escapedLike, folded, matchesSearch, searchText } from './search-text.ts'
import { change, installationOwner } from './storage-context.ts'
import type { StorageContext } from './storage-context.ts'
import { assertWithinScope, withinScope } from './within-scope.ts'

/** Lists are in the order of the name, then the id. */
export function createSqlPeopleStore(context: StorageContext): PeopleStore {
  const { read } = context.database
  return {
    async insertOrganisation({ id, name, kind }, events) {
      const query = read.insertInto('organisations').values({ organisation_id: id, name, kind }).compile()
      await change(context, [{ query, unique: exists('organisation') }], events)
    },

    async findOrganisation(scope, id) {
      const query = read.selectFrom('organisations').selectAll().where('organisation_id', '=', id).where(withinScope(scope))
      const row = await query.executeTakeFirst()
      return row && organisationOf(row)
    },

    async listOrganisations(scope) {
      const rows = await read
        .selectFrom('organisations')
        .selectAll()
        .where(withinScope(scope))
        .orderBy('name')
        .orderBy('organisation_id')
        .execute()
      return rows.map(organisationOf)
    },

    async insert(person, events) {
      const query = read.insertInto('persons').values(rowOf(person)).compile()
      await change(context, [{ query, unique: exists('person'), missing: unknown('organisation') }], events)
    },

    async update(scope, person, events, condition) {
      assertWithinScope(scope, person.organisationId)
      const query = read
        .updateTable('persons')
        .set(rowOf(person))
        .where('id', '=', person.id)
        .where('version', '=', person.version - 1)
        .where(withinScope(scope))
        .compile()
      const statement = { query, expect: oneRowOrStale, unique: exists('person'), missing: unknown('organisation') }
      const kept = condition === undefined ? [] : [demandAnother(context, person, condition.keeps)]
      await change(context, [...kept, statement], events)
    },

    async find(scope, id) {
      const row = await read.selectFrom('persons').selectAll().where('id', '=', id).where(withinScope(scope)).executeTakeFirst()
      return row && personOf(row)
    },

    async findMany(scope, ids) {
      const rows = await read.selectFrom('persons').selectAll().where('id', 'in', ids).where(withinScope(scope)).execute()
      return rows.map(personOf)
    },

    async findBySubject(issuer, subject) {
      const row = await read
        .selectFrom('persons')
        .selectAll()
        .where('issuer', '=', issuer)
        .where('subject', '=', subject)
        .executeTakeFirst()
      return row && personOf(row)
    },

    async list(scope, filter, page) {
      const limit = checkedLimit(page.limit)
      let query = filtered(selectPersons(context).where(withinScope(scope)), filter)
      if (page.after !== null) {
        const [name, id] = decodeCursor(page.after, ['text', 'text'])
        query = query.where((eb) => eb(eb.refTuple('sort_name', 'id'), '>', eb.tuple(name, id)))
      }
      const rows = await query
        .orderBy('sort_name')
        .orderBy('id')
        .limit(limit + 1)
        .execute()
      return pageOf(rows, limit, personOf, (row) => [row.sort_name, row.id])
    },

    async feedPosition(issuer) {
      const row = await read.selectFrom('feed_positions').select('position').where('issuer', '=', issuer).executeTakeFirst()
      return row?.position ?? 0
    },

    async saveFeedPosition(issuer, position) {
      const query = read
        .insertInto('feed_positions')
        .values({ issuer, organisation_id: installationOwner, position })
        .onConflict((conflict) => conflict.column('issuer').doUpdateSet({ position }))
        .compile()
      await change(context, [{ query }])
    },
  }
}

/** Asked in the same unit as the change: two who leave in the same moment are not both let go. */
function demandAnother({ database: { read } }: StorageContext, { id, organisationId }: Person, role: Role): WriteStatement {
  const query = read
    .selectFrom('persons')
    .select('id')
    .where('organisation_id', '=', organisationId)
    .where('id', '<>', id)
    .where('status', '=', 'active')
    .where(hasRole(role))
    .limit(1)
    .compile()
  return { query, expect: { changes: 1, otherwise: lastOfRole } }
}

const hasRole = (role: Role) => sql<boolean>`roles LIKE ${`%"${escapedLike(role)}"%`} ESCAPE '\\'`

function selectPersons({ database }: StorageContext) {
  return database.read.selectFrom('persons').selectAll()
}

function filtered(query: ReturnType<typeof selectPersons>, filter: PersonFilter): ReturnType<typeof selectPersons> {
  let narrowed = query
  if (filter.organisation !== undefined) narrowed = narrowed.where('organisation_id', '=', filter.organisation)
  if (filter.status !== undefined) narrowed = narrowed.where('status', '=', filter.status)
  if (filter.role !== undefined) narrowed = narrowed.where(hasRole(filter.role))
  if (filter.search !== undefined) narrowed = narrowed.where(matchesSearch(filter.search))
  return narrowed
}

function organisationOf(row: Schema['organisations']): Organisation {
  return { id: row.organisation_id as OrganisationId, name: row.name, kind: row.kind as Organisation['kind'] }
}

function rowOf(person: Person): PersonRow {
  return {
    id: person.id,
    organisation_id: person.organisationId,
    issuer: person.issuer,
    subject: person.subject,
    username: person.username,
    name: person.name,
    photo_sha256: person.photoSha256,
    status: person.status,
    roles: JSON.stringify(person.roles),
    regions: JSON.stringify(person.regions),
    permissions: JSON.stringify(person.permissions),
    trainings: JSON.stringify(person.trainings),
    undertaking_version: person.undertaking?.version ?? null,
    undertaking_accepted_at: person.undertaking?.acceptedAt ?? null,
    created_at: person.createdAt,
    version: person.version,
    sort_name: folded(person.name),
    search: searchText(person.name, person.username),
  }
}

function personOf(row: PersonRow): Person {
  const { undertaking_version: version, undertaking_accepted_at: acceptedAt } = row
  return {
    id: row.id as PersonId,
    organisationId: row.organisation_id as OrganisationId,
    issuer: row.issuer,
    subject: row.subject,
    username: row.username,
    name: row.name,
    photoSha256: row.photo_sha256,
    status: row.status as Person['status'],
    roles: JSON.parse(row.roles) as Person['roles'],
    regions: JSON.parse(row.regions) as Person['regions'],
    permissions: JSON.parse(row.permissions) as Person['permissions'],
    trainings: JSON.parse(row.trainings) as Person['trainings'],
    undertaking: version === null || acceptedAt === null ? null : { version, acceptedAt },
    createdAt: row.created_at,
    version: row.version,
  }
}
