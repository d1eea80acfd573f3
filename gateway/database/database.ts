import type { Kysely } from 'kysely'
import type { CodedError, ErrorRemedy } from '../basics/coded-error.ts'
import type { Running } from '../basics/lifecycle.ts'
import type { SqlValue } from './sql-value.ts'

/** A Kysely `CompiledQuery` is one. */
export interface SqlQuery {
  readonly sql: string
  readonly parameters: readonly unknown[]
}

/** What a statement that was refused is called. */
export interface WriteRefusal {
  readonly code: string
  readonly message: string
  readonly remedy: ErrorRemedy
}

export interface WriteStatement {
  readonly query: SqlQuery
  /** Rows that it must change (or give back, when it gives rows); otherwise the unit is rolled back and rejects with `otherwise`. */
  readonly expect?: { readonly changes: number; readonly otherwise: WriteRefusal }
  /** Instead of `constraint_violated` when a UNIQUE or PRIMARY KEY constraint stands against it. */
  readonly unique?: WriteRefusal
  /** Instead of `constraint_violated` when a FOREIGN KEY or NOT NULL constraint stands against it: what it belongs to is not there. */
  readonly missing?: WriteRefusal
}

export interface WriteResult {
  /** Rows changed; for a statement that gives rows (`RETURNING`, `SELECT`) their number. */
  readonly changes: number
  readonly rows: readonly Readonly<Record<string, SqlValue>>[]
}

/**
 * One step of the schema's history. Its statements run in one transaction together with the record that it ran. A migration that was
 * released never changes (its digest is recorded): add another.
 */
export interface Migration {
  /** `0001_name`: four digits rising by one. */
  readonly name: string
  readonly statements: readonly string[]
}

export interface Database<Schema> extends Running {
  /**
   * Reads on a read-only connection; also the builder of writes (`.compile()`), which go through {@link write}. There are no
   * transactions and no streams here.
   */
  readonly read: Kysely<Schema>
  /**
   * All statements or none. Resolves when the commit is durable; units are carried out in the order of the calls. Rejects with the
   * `CodedError` of the statement that failed, or `parameter_not_primitive`, `text_not_storable`, `constraint_violated`,
   * `statement_failed`, `database_overloaded`, `database_busy`, `database_closed`, `database_failed`.
   */
  write(unit: readonly WriteStatement[]): Promise<WriteResult[]>
  /** Copies the database, as of some moment during the call, into the new file `to`, which is complete when it appears. */
  backup(to: string): Promise<void>
  /** Resolves when the database has failed for good (disk full, I/O error, corrupt, writer crashed); never rejects. */
  readonly failed: Promise<CodedError>
}
