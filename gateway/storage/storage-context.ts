import type { Database, WriteResult, WriteStatement } from '../database/database.ts'
import type { NewEvent } from '../ledger/event.ts'
import type { Schema } from './schema.ts'

/** What every store is made of. */
export interface StorageContext {
  readonly database: Database<Schema>
  /** Statements that append these events; they must be written in the turn in which they are made. */
  readonly record: (events: readonly NewEvent[]) => WriteStatement[]
}

/** Carries out a change and its events in one unit. */
export async function change(
  { database, record }: StorageContext,
  statements: readonly WriteStatement[],
  events: readonly NewEvent[] = [],
): Promise<WriteResult[]> {
  return database.write([...statements, ...record(events)])
}

/** Owner of rows that belong to the installation and to no organisation. No scope but `installation` sees them. */
export const installationOwner = `org_${'0'.repeat(32)}`
