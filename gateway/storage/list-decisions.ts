import { setImmediate } from 'node:timers/promises'
import type { Kysely, Selectable } from 'kysely'
import type { Scope } from '../basics/scope.ts'
import type { DecisionFilter, DecisionList, DecisionPageRequest } from '../decisions/decision-log.ts'
import { fitsFilter, foundByIndex, type LogEnds, type LogPlace } from './decision-conditions.ts'
import { decisionOf } from './decision-of.ts'
import { checkedLimit, decodeCursor, encodeCursor, pageOf } from './paging.ts'
import type { DecisionRow, Schema } from './schema.ts'
import { withinScope } from './within-scope.ts'

/** What one query goes through, some milliseconds: reads are synchronous, and between two of them whoever else waits is served. */
const rowsAtOnce = 1_000
/** What is gone through for one page, however few of them fit. */
const mostSearched = 50_000

interface Wanted {
  readonly scope: Scope
  readonly filter: DecisionFilter
  readonly page: DecisionPageRequest
}

/** Newest first. Indexes know time, person, machine and session; for all else rows are looked at, one bounded stretch after the other. */
export async function listDecisions(read: Kysely<Schema>, { scope, filter, page }: Wanted): Promise<DecisionList> {
  const limit = checkedLimit(page.limit)
  const found: Selectable<DecisionRow>[] = []
  let olderThan: LogPlace | null = page.after === undefined ? null : decodeCursor(page.after, ['number', 'number'])
  for (let searched = 0; ; searched += rowsAtOnce) {
    if (olderThan !== null && searched >= mostSearched)
      return { items: found.map(decisionOf), next: encodeCursor(olderThan), searchedTo: olderThan[0] }
    if (searched > 0) await setImmediate()
    const notBefore = await oldestOfStretch(read, filter, { olderThan })
    found.push(...(await fittingRows(read, { scope, filter }, { olderThan, notBefore }, limit + 1 - found.length)))
    if (found.length > limit || notBefore === null)
      return { ...pageOf(found, limit, decisionOf, (row) => [row.evaluated_at, row.position]), searchedTo: null }
    olderThan = notBefore
  }
}

/** Null: the index finds no so many rows any more. */
async function oldestOfStretch(read: Kysely<Schema>, filter: DecisionFilter, ends: LogEnds): Promise<LogPlace | null> {
  const row = await read
    .selectFrom('decisions')
    .select(['evaluated_at', 'position'])
    .where((eb) => foundByIndex(eb, filter, ends))
    .orderBy('evaluated_at', 'desc')
    .orderBy('position', 'desc')
    .limit(1)
    .offset(rowsAtOnce - 1)
    .executeTakeFirst()
  return row === undefined ? null : [row.evaluated_at, row.position]
}

const fittingRows = (read: Kysely<Schema>, { scope, filter }: Omit<Wanted, 'page'>, ends: LogEnds, limit: number) =>
  read
    .selectFrom('decisions')
    .selectAll()
    .where(withinScope(scope))
    .where((eb) => eb.and([foundByIndex(eb, filter, ends), fitsFilter(eb, filter)]))
    .orderBy('evaluated_at', 'desc')
    .orderBy('position', 'desc')
    .limit(limit)
    .execute()
