import { sql, type ExpressionBuilder, type SqlBool } from 'kysely'
import type { DecisionFilter } from '../decisions/decision-log.ts'
import type { Schema } from './schema.ts'
import { matchesSearch } from './search-text.ts'

type Decisions = ExpressionBuilder<Schema, 'decisions'>

/** There is one index for each of these, in the order of time. */
export function foundByIndex(eb: Decisions, { technician, device, session, from, until }: DecisionFilter) {
  const who =
    technician !== undefined
      ? [eb('technician', '=', technician)]
      : device !== undefined
        ? [eb('device', '=', device)]
        : session !== undefined
          ? [eb('session', '=', session)]
          : []
  return eb.and([
    ...who,
    ...(from === undefined ? [] : [eb('evaluated_at', '>=', from)]),
    ...(until === undefined ? [] : [eb('evaluated_at', '<', until)]),
  ])
}

/** All of a filter but the time, for rows that an index found. */
export function fitsFilter(eb: Decisions, { technician, device, session, action, allow, revision, code, search }: DecisionFilter) {
  return eb.and([
    ...(technician === undefined ? [] : [eb('technician', '=', technician)]),
    ...(device === undefined ? [] : [eb('device', '=', device)]),
    ...(session === undefined ? [] : [eb('session', '=', session)]),
    ...(action === undefined ? [] : [eb('action', '=', action)]),
    ...(allow === undefined ? [] : [eb('allow', '=', allow ? 1 : 0)]),
    ...(revision === undefined ? [] : [eb('revision', '=', revision)]),
    ...(code === undefined ? [] : [sql<SqlBool>`instr(codes, ${`|${code}|`}) > 0`]),
    ...(search === undefined ? [] : [ofWhoIsCalled(eb, search)]),
  ])
}

/** Decisions about who or what has this text in what it is found by now: name and user name, or name, id, site and model. */
function ofWhoIsCalled(eb: Decisions, search: string) {
  return eb.or([
    eb('technician', 'in', eb.selectFrom('persons').select('persons.id').where(matchesSearch(search))),
    eb('device', 'in', eb.selectFrom('devices').select('devices.id').where(matchesSearch(search))),
  ])
}
