import type { WriteStatement } from '../database/database.ts'
import type { DecisionLog, DecisionLogReader } from '../decisions/decision-log.ts'
import type { DecisionRecord } from '../decisions/decision.ts'
import { fitsFilter, foundByIndex } from './decision-conditions.ts'
import { decisionOf } from './decision-of.ts'
import { listDecisions } from './list-decisions.ts'
import { checkedLimit, decodeCursor, encodeCursor } from './paging.ts'
import { exists } from './refusals.ts'
import { installationOwner } from './storage-context.ts'
import type { StorageContext } from './storage-context.ts'
import { withinScope } from './within-scope.ts'

const columns = 'id, organisation_id, evaluated_at, action, allow, technician, device, session, codes, revision, duration_us, input, result'
const values = `(?, coalesce((SELECT organisation_id FROM devices WHERE id = ?), '${installationOwner}'), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
/** So many in one statement, which is prepared once for each of these: a statement for each decision is most of what thousands of them at once cost. */
const rowsOfStatement = [64, 16, 4, 1]
const insertions = new Map(
  rowsOfStatement.map((rows) => [
    rows,
    `INSERT INTO decisions (${columns}) VALUES ${Array.from({ length: rows }, () => values).join(', ')}`,
  ]),
)

/**
 * The owner of a decision is the owner of the device, by our own record: the input names organisations for people to read. One that came from
 * the cache is in the log already, under its id.
 */
export function createSqlDecisionLog({ database }: Pick<StorageContext, 'database'>): DecisionLog & DecisionLogReader {
  const { read } = database
  const appendMany = async (decisions: readonly DecisionRecord[], inputs: readonly (string | undefined)[] = []): Promise<void> => {
    const rows = decisions.flatMap((decision, index) => (decision.cached ? [] : [rowOf(decision, inputs[index])]))
    if (rows.length > 0) await database.write(insertionsOf(rows))
  }
  return {
    appendMany,
    append: (decision, input) => appendMany([decision], [input]),

    list: (scope, filter, page) => listDecisions(read, { scope, filter, page }),

    async walk(scope, filter, page) {
      const limit = checkedLimit(page.limit)
      const newerThan = page.after === undefined ? null : decodeCursor(page.after, ['number', 'number'])
      // First which rows, of all that an index finds; then the texts of those that fit, which are most of what a row weighs.
      const rows = await read
        .selectFrom('decisions')
        .select(['position', 'evaluated_at'])
        .where((eb) => foundByIndex(eb, filter, { newerThan }))
        .orderBy('evaluated_at')
        .orderBy('position')
        .limit(limit)
        .execute()
      const last = rows.at(-1)
      if (last === undefined) return { items: [], next: null }
      const positions = rows.map(({ position }) => position)
      const fitting = await read
        .selectFrom('decisions')
        .selectAll()
        .where('position', 'in', positions)
        .where(withinScope(scope))
        .where((eb) => fitsFilter(eb, filter))
        .orderBy('evaluated_at')
        .orderBy('position')
        .execute()
      return {
        items: fitting.map(decisionOf),
        next: rows.length < limit ? null : encodeCursor([last.evaluated_at, last.position]),
      }
    },

    async get(scope, id) {
      const row = await read.selectFrom('decisions').selectAll().where('id', '=', id).where(withinScope(scope)).executeTakeFirst()
      return row === undefined ? null : decisionOf(row)
    },
  }
}

function insertionsOf(rows: readonly (readonly unknown[])[]): WriteStatement[] {
  const statements: WriteStatement[] = []
  for (let from = 0; from < rows.length;) {
    const size = rowsOfStatement.find((most) => most <= rows.length - from) ?? 1
    const parameters = rows.slice(from, from + size).flat()
    statements.push({ query: { sql: insertions.get(size) ?? '', parameters }, unique: exists('decision') })
    from += size
  }
  return statements
}

function rowOf(decision: DecisionRecord, written: string | undefined): unknown[] {
  const { id, input, result, revision, durationUs, evaluatedAt } = decision
  const codes = result.denials.map((denial) => `|${denial.code}|`).join('')
  const { action, technician, device, session } = input
  const texts = [written ?? JSON.stringify(input), JSON.stringify(result)]
  // The device twice: whose it is, and which.
  return [
    id,
    device.id,
    evaluatedAt,
    action,
    result.allow,
    technician.id,
    device.id,
    session?.id ?? null,
    codes,
    revision,
    durationUs,
    ...texts,
  ]
}
