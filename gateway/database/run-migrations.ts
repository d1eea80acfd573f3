import { createHash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { CodedError } from '../basics/coded-error.ts'
import type { Migration } from './database.ts'

interface Applied {
  readonly name: string
  readonly digest: string
}

/**
 * Brings the schema up to date and returns the names of what ran. Each migration is one transaction with its own record in
 * `schema_migrations`, so a process that is killed anywhere goes on at the next start where the last commit was.
 *
 * @throws CodedError `migrations_invalid`, `database_newer`, `migration_changed`, `migration_failed`
 */
export function runMigrations(connection: DatabaseSync, migrations: readonly Migration[], nowMs: number): string[] {
  checkNames(migrations)
  connection.exec(
    'CREATE TABLE IF NOT EXISTS schema_migrations (name TEXT PRIMARY KEY, digest TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT',
  )
  const applied = connection.prepare('SELECT name, digest FROM schema_migrations ORDER BY name').all() as unknown as Applied[]
  checkHistory(applied, migrations)
  const pending = migrations.slice(applied.length)
  for (const migration of pending) apply(connection, migration, nowMs)
  return pending.map((migration) => migration.name)
}

export function migrationDigest(migration: Migration): string {
  return createHash('sha256').update(JSON.stringify(migration.statements)).digest('hex')
}

function checkNames(migrations: readonly Migration[]): void {
  const wrong = migrations.find(({ name }, index) => !/^\d{4}_[a-z0-9_]+$/.test(name) || Number(name.slice(0, 4)) !== index + 1)
  if (wrong === undefined) return
  throw new CodedError({
    code: 'migrations_invalid',
    message: `The migration "${wrong.name}" is not in its place: names are 0001_name, 0002_name and so on, without gaps.`,
    remedy: 'bug',
  })
}

function checkHistory(applied: readonly Applied[], migrations: readonly Migration[]): void {
  applied.forEach((record, index) => {
    const migration = migrations[index]
    if (migration === undefined) throw newerDatabase(applied.at(-1)?.name ?? record.name, migrations.at(-1)?.name)
    if (migration.name === record.name && migrationDigest(migration) === record.digest) return
    throw new CodedError({
      code: 'migration_changed',
      message:
        `The database was made with another content of the migration "${record.name}" than this program has. ` +
        'Start the program that made it, or begin with a new data directory.',
      remedy: 'fix',
    })
  })
}

function newerDatabase(newest: string, known: string | undefined): CodedError {
  return new CodedError({
    code: 'database_newer',
    message:
      `The database was written by a newer version of this program (its newest migration is "${newest}", this program ` +
      `knows up to "${known ?? 'none'}"). Start the newer version, or restore a backup from before the update. Nothing was changed.`,
    remedy: 'fix',
  })
}

function apply(connection: DatabaseSync, migration: Migration, nowMs: number): void {
  connection.exec('BEGIN IMMEDIATE')
  try {
    for (const statement of migration.statements) connection.exec(statement)
    connection
      .prepare('INSERT INTO schema_migrations (name, digest, applied_at) VALUES (?, ?, ?)')
      .run(migration.name, migrationDigest(migration), nowMs)
    connection.exec('COMMIT')
  } catch (error) {
    if (connection.isTransaction) connection.exec('ROLLBACK')
    throw new CodedError({
      code: 'migration_failed',
      message: `The migration "${migration.name}" failed and was rolled back; the database is as it was before.`,
      remedy: 'bug',
      details: { sqlite: error instanceof Error ? error.message : String(error) },
      cause: error,
    })
  }
}
