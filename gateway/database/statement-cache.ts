import type { DatabaseSync, StatementSync } from 'node:sqlite'

const maxStatements = 500

/** Prepared statements of one connection by their SQL; the one that was not used for the longest time goes first. */
export function createStatementCache(connection: DatabaseSync): (sql: string) => StatementSync {
  const statements = new Map<string, StatementSync>()
  return (sql) => {
    const statement = statements.get(sql) ?? connection.prepare(sql)
    statements.delete(sql)
    statements.set(sql, statement)
    if (statements.size > maxStatements) statements.delete(statements.keys().next().value ?? '')
    return statement
  }
}
