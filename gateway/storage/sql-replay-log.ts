import type { ExpressionBuilder } from 'kysely'
import type { DecisionFilter } from '../decisions/decision-log.ts'
import type { ReplayLog } from '../simulations/replay-log.ts'
import { fitsFilter, foundByIndex } from './decision-conditions.ts'
import type { Schema } from './schema.ts'
import type { StorageContext } from './storage-context.ts'

type Decisions = ExpressionBuilder<Schema, 'decisions'>

/**
 * The decision log for whoever asks it all again: oldest first, as text. Reads are synchronous, so no query goes through more rows than it was
 * asked for: only what an index finds stands in WHERE, and the texts of rows that the rest of the filter leaves out are not read.
 */
export function createSqlReplayLog({ database }: Pick<StorageContext, 'database'>): ReplayLog {
  const { read } = database
  return {
    async span(filter) {
      const found = (eb: Decisions) => foundByIndex(eb, filter)
      const { count } = await read
        .selectFrom('decisions')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where(found)
        .executeTakeFirstOrThrow()
      const at = read.selectFrom('decisions').select('evaluated_at as ms').where(found).limit(1)
      const first = await at.orderBy('evaluated_at').orderBy('position').executeTakeFirst()
      const last = await at.orderBy('evaluated_at', 'desc').orderBy('position', 'desc').executeTakeFirst()
      // Rows are numbered from 1 and no number is given twice: where the first ones are missing, they were forgotten.
      const oldest = await read
        .selectFrom('decisions')
        .select(['position', 'evaluated_at as ms'])
        .orderBy('position')
        .limit(1)
        .executeTakeFirst()
      const forgotten = oldest !== undefined && oldest.position > 1 && (filter.from === undefined || filter.from < oldest.ms)
      return { count, firstMs: first?.ms ?? null, lastMs: last?.ms ?? null, forgotten }
    },

    async page(filter, after, limit) {
      const rows = await read
        .selectFrom('decisions')
        .select((eb) => [
          'position',
          'id',
          'evaluated_at as evaluatedAt',
          'revision',
          onlyIf(eb, filter, 'input'),
          onlyIf(eb, filter, 'result'),
        ])
        .where((eb) => foundByIndex(eb, filter, { newerThan: after }))
        .orderBy('evaluated_at')
        .orderBy('position')
        .limit(limit)
        .execute()
      const last = rows.at(-1)
      return {
        rows: rows.flatMap(({ id, evaluatedAt, revision, input, result }) =>
          input === null || result === null ? [] : [{ id, evaluatedAt, revision, input, result }],
        ),
        next: rows.length < limit || last === undefined ? null : [last.evaluatedAt, last.position],
      }
    },
  }
}

function onlyIf<Column extends 'input' | 'result'>(eb: Decisions, filter: DecisionFilter, column: Column) {
  return eb.case().when(fitsFilter(eb, filter)).then(eb.ref(column)).else(null).end().as(column)
}
