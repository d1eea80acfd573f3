import type { Selectable } from 'kysely'
import { sql } from 'kysely'
import type { DecisionId } from '../basics/ids.ts'
import type { WriteStatement } from '../database/database.ts'
import type { DecisionFilter, DecisionLog, DecisionLogReader } from '../decisions/decision-log.ts'
import type { DecisionRecord } from '../decisions/decision.ts'
import { checkedLimit, decodeCursor, pageOf } from './paging.ts'
import { exists } from './refusals.ts'
import type { DecisionRow } from './schema.ts'
import { escapedLike } from './search-text.ts'
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

    async list(scope, filter, page) {
      const limit = checkedLimit(page.limit)
      let query = filtered(read.selectFrom('decisions').selectAll().where(withinScope(scope)), filter)
      if (page.after !== undefined) {
        const [evaluatedAt, position] = decodeCursor(page.after, ['number', 'number'])
        query = query.where((eb) => eb(eb.refTuple('evaluated_at', 'position'), '<', eb.tuple(evaluatedAt, position)))
      }
      const rows = await query
        .orderBy('evaluated_at', 'desc')
        .orderBy('position', 'desc')
        .limit(limit + 1)
        .execute()
      return pageOf(rows, limit, decisionOf, (row) => [row.evaluated_at, row.position])
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

function selectDecisions({ database }: StorageContext) {
  return database.read.selectFrom('decisions').selectAll()
}

function filtered(query: ReturnType<typeof selectDecisions>, filter: DecisionFilter): ReturnType<typeof selectDecisions> {
  let narrowed = query
  if (filter.technician !== undefined) narrowed = narrowed.where('technician', '=', filter.technician)
  if (filter.device !== undefined) narrowed = narrowed.where('device', '=', filter.device)
  if (filter.session !== undefined) narrowed = narrowed.where('session', '=', filter.session)
  if (filter.action !== undefined) narrowed = narrowed.where('action', '=', filter.action)
  if (filter.allow !== undefined) narrowed = narrowed.where('allow', '=', filter.allow ? 1 : 0)
  if (filter.revision !== undefined) narrowed = narrowed.where('revision', '=', filter.revision)
  if (filter.from !== undefined) narrowed = narrowed.where('evaluated_at', '>=', filter.from)
  if (filter.until !== undefined) narrowed = narrowed.where('evaluated_at', '<', filter.until)
  if (filter.code !== undefined) narrowed = narrowed.where(sql<boolean>`codes LIKE ${`%|${escapedLike(filter.code)}|%`} ESCAPE '\\'`)
  return narrowed
}

function decisionOf(row: Selectable<DecisionRow>): DecisionRecord {
  return {
    id: row.id as DecisionId,
    input: JSON.parse(row.input) as DecisionRecord['input'],
    result: JSON.parse(row.result) as DecisionRecord['result'],
    revision: row.revision,
    cached: false,
    durationUs: row.duration_us,
    evaluatedAt: row.evaluated_at,
  }
}
