import type { DatabaseSync } from 'node:sqlite'
import { SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import type { CompiledQuery, DatabaseConnection, Dialect, Driver, QueryResult } from 'kysely'
import { CodedError } from '../basics/coded-error.ts'
import { sqlValues } from './sql-value.ts'
import { createStatementCache } from './statement-cache.ts'

/** Kysely over a read-only connection of `node:sqlite`. Each query is one synchronous call: keep them short and indexed. */
export function readDialect(connection: DatabaseSync): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => createReadDriver(connection),
    createIntrospector: (kysely) => new SqliteIntrospector(kysely),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
}

function createReadDriver(connection: DatabaseSync): Driver {
  const prepared = createStatementCache(connection)
  const reader: DatabaseConnection = {
    async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
      const statement = prepared(query.sql)
      if (statement.columns().length === 0) throw readOnly('a statement that changes data')
      return { rows: statement.all(...sqlValues(query.parameters)) as Row[] }
    },
    // eslint-disable-next-line require-yield
    async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
      throw readOnly('a stream')
    },
  }
  return {
    init: async () => {},
    acquireConnection: async () => reader,
    beginTransaction: () => Promise.reject(readOnly('a transaction')),
    commitTransaction: () => Promise.reject(readOnly('a transaction')),
    rollbackTransaction: () => Promise.reject(readOnly('a transaction')),
    releaseConnection: async () => {},
    destroy: async () => {},
  }
}

function readOnly(what: string): CodedError {
  return new CodedError({
    code: 'read_only',
    message: `${what} went to the connection that only reads; changes go through the writer.`,
    remedy: 'bug',
  })
}
