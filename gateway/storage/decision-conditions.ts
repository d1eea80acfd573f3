import { sql, type ExpressionBuilder, type SqlBool } from 'kysely'
import type { DecisionFilter } from '../decisions/decision-log.ts'
import type { Schema } from './schema.ts'
import { matchesSearch } from './search-text.ts'

type Decisions = ExpressionBuilder<Schema, 'decisions'>

/** Where a row stands in the order of the log: when (Unix milliseconds), and its number among those of the same instant. */
export type LogPlace = readonly [evaluatedAt: number, position: number]

/** Places between which rows are wanted; neither is among them, `notBefore` is. */
export interface LogEnds {
  readonly newerThan?: LogPlace | null
  readonly olderThan?: LogPlace | null
  readonly notBefore?: LogPlace | null
}

/** There is one index for each of these, in the order of time. */
export function foundByIndex(eb: Decisions, filter: DecisionFilter, ends: LogEnds = {}) {
  const { technician, device, session } = filter
  const who =
    technician !== undefined
      ? [eb('technician', '=', technician)]
      : device !== undefined
        ? [eb('device', '=', device)]
        : session !== undefined
          ? [eb('session', '=', session)]
          : []
  return eb.and([...who, ...oldest(eb, filter, ends), ...newest(eb, filter, ends)])
}

/**
 * One bound for each end, the closer one: of two, SQLite takes the first for its search in the index and looks at every row up to the other one.
 * At the end of 200,000 rows that was 250 ms for a page of 50.
 */
function oldest(eb: Decisions, { from = 0 }: DecisionFilter, { newerThan, notBefore }: LogEnds) {
  const [place, operator] = newerThan ? ([newerThan, '>'] as const) : ([notBefore, '>='] as const)
  if (place && place[0] >= from) return [eb(eb.refTuple('evaluated_at', 'position'), operator, eb.tuple(...place))]
  return from === 0 ? [] : [eb('evaluated_at', '>=', from)]
}

function newest(eb: Decisions, { until = Infinity }: DecisionFilter, { olderThan }: LogEnds) {
  if (olderThan && olderThan[0] < until) return [eb(eb.refTuple('evaluated_at', 'position'), '<', eb.tuple(...olderThan))]
  return until === Infinity ? [] : [eb('evaluated_at', '<', until)]
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

/**
 * Decisions about who or what has this text in what it is found by now: name and user name, or name, id, site and model. The `+` keeps these columns
 * from being searched in their own indexes, for each that is called so and past the stretch that is looked at.
 */
function ofWhoIsCalled(eb: Decisions, search: string) {
  const persons = eb.selectFrom('persons').select('persons.id').where(matchesSearch(search))
  const devices = eb.selectFrom('devices').select('devices.id').where(matchesSearch(search))
  return sql<SqlBool>`(+technician IN ${persons} OR +device IN ${devices})`
}
