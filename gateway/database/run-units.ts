import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { WriteResult, WriteStatement } from './database.ts'
import type { SqlValue } from './sql-value.ts'
import { fatalCauseOf, refusalOf } from './sqlite-errors.ts'
import type { StatementRefusal } from './sqlite-errors.ts'

export type UnitOutcome =
  | { readonly done: true; readonly results: WriteResult[] }
  | { readonly done: false; readonly refusal: StatementRefusal }

/**
 * All units in one transaction, each in a savepoint of its own: a unit that is refused leaves nothing behind, the others stay. When this
 * returns, the commit is durable.
 *
 * @throws what concerns all of them: a fatal or busy error of SQLite. Nothing was kept then.
 */
export function runUnits(
  connection: DatabaseSync,
  prepared: (sql: string) => StatementSync,
  units: readonly (readonly WriteStatement[])[],
): UnitOutcome[] {
  connection.exec('BEGIN IMMEDIATE')
  try {
    const outcomes = units.map((unit) => runUnit(connection, prepared, unit))
    connection.exec('COMMIT')
    return outcomes
  } catch (error) {
    // SQLite itself rolls back after some fatal errors.
    if (connection.isTransaction) connection.exec('ROLLBACK')
    throw error
  }
}

function runUnit(connection: DatabaseSync, prepared: (sql: string) => StatementSync, unit: readonly WriteStatement[]): UnitOutcome {
  prepared('SAVEPOINT unit').run()
  const results: WriteResult[] = []
  for (const statement of unit) {
    const outcome = runStatement(connection, prepared, statement)
    if ('refusal' in outcome) {
      prepared('ROLLBACK TO unit').run()
      prepared('RELEASE unit').run()
      return { done: false, refusal: outcome.refusal }
    }
    results.push(outcome)
  }
  prepared('RELEASE unit').run()
  return { done: true, results }
}

function runStatement(
  connection: DatabaseSync,
  prepared: (sql: string) => StatementSync,
  statement: WriteStatement,
): WriteResult | { readonly refusal: StatementRefusal } {
  try {
    const result = execute(prepared(statement.query.sql), statement.query.parameters as SqlValue[])
    const { expect } = statement
    if (expect === undefined || expect.changes === result.changes) return result
    return { refusal: { ...expect.otherwise, details: { expected: expect.changes, changed: result.changes } } }
  } catch (error) {
    if (fatalCauseOf(error) !== undefined || !connection.isTransaction) throw error
    return { refusal: refusalOf(error, statement) }
  }
}

function execute(statement: StatementSync, parameters: SqlValue[]): WriteResult {
  if (statement.columns().length === 0) return { changes: Number(statement.run(...parameters).changes), rows: [] }
  const rows = statement.all(...parameters) as Record<string, SqlValue>[]
  return { changes: rows.length, rows }
}
