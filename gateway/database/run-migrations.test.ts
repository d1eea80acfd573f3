import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isCodedError } from '../basics/coded-error.ts'
import { connectWriter } from './connect.ts'
import type { Migration } from './database.ts'
import { runMigrations } from './run-migrations.ts'

const migrations: Migration[] = [
  { name: '0001_first', statements: ['CREATE TABLE a (x INTEGER) STRICT', 'INSERT INTO a VALUES (1)'] },
  { name: '0002_second', statements: ['CREATE TABLE b (y TEXT) STRICT', 'INSERT INTO a VALUES (2)', "INSERT INTO b VALUES ('z')"] },
]

let directory: string
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'migrations-'))))
afterEach(() => rmSync(directory, { recursive: true }))

const codeOf = (run: () => unknown): string => {
  try {
    run()
    return 'none'
  } catch (error) {
    return isCodedError(error) ? error.code : String(error)
  }
}

describe('migrations', () => {
  it('run once, in order, and are remembered', () => {
    const connection = connectWriter(join(directory, 'x.db'))
    expect(runMigrations(connection, migrations.slice(0, 1), 5)).toEqual(['0001_first'])
    expect(runMigrations(connection, migrations, 6)).toEqual(['0002_second'])
    expect(runMigrations(connection, migrations, 7)).toEqual([])
    expect(
      connection
        .prepare('SELECT x FROM a')
        .all()
        .map((row) => row['x']),
    ).toEqual([1, 2])
    connection.close()
  })

  it('refuse a database that is newer, another content under an old name, and gaps', () => {
    const connection = new DatabaseSync(':memory:')
    runMigrations(connection, migrations, 1)
    expect(codeOf(() => runMigrations(connection, migrations.slice(0, 1), 1))).toBe('database_newer')
    expect(() => runMigrations(connection, migrations.slice(0, 1), 1)).toThrow(
      /newest migration is "0002_second".*knows up to "0001_first"/,
    )
    const changed = [{ name: '0001_first', statements: ['SELECT 1'] }, migrations[1] as Migration]
    expect(codeOf(() => runMigrations(connection, changed, 1))).toBe('migration_changed')
    expect(codeOf(() => runMigrations(connection, [{ name: '0002_x', statements: [] }], 1))).toBe('migrations_invalid')
    connection.close()
  })

  it('roll back a migration that fails and say which', () => {
    const connection = new DatabaseSync(':memory:')
    const failing = [{ name: '0001_first', statements: ['CREATE TABLE a (x INTEGER) STRICT', 'CREATE TABLE a (x INTEGER) STRICT'] }]
    expect(codeOf(() => runMigrations(connection, failing, 1))).toBe('migration_failed')
    expect(connection.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'a'").get()).toEqual({ n: 0 })
    connection.close()
  })

  const steps = migrations.flatMap((migration, m) => [...migration.statements, 'end'].map((_, s) => [m, s] as const))
  it.each(steps)('go on after kill -9 in migration %i before statement %i', (m, s) => {
    const file = join(directory, 'x.db')
    const deadly = migrations.map((migration, index) =>
      index === m ? { ...migration, statements: migration.statements.toSpliced(s, 0, 'SELECT die()') } : migration,
    )
    const script = `
      import { connectWriter } from ${JSON.stringify(new URL('connect.ts', import.meta.url).href)}
      import { runMigrations } from ${JSON.stringify(new URL('run-migrations.ts', import.meta.url).href)}
      const connection = connectWriter(${JSON.stringify(file)})
      connection.function('die', () => { process.kill(process.pid, 'SIGKILL') })
      runMigrations(connection, ${JSON.stringify(deadly)}, 1)`
    expect(spawnSync(process.execPath, ['--input-type=module', '-e', script]).signal).toBe('SIGKILL')
    const connection = connectWriter(file)
    expect(runMigrations(connection, migrations, 1)).toEqual(migrations.slice(m).map(({ name }) => name))
    expect(
      connection
        .prepare('SELECT x FROM a')
        .all()
        .map((row) => row['x']),
    ).toEqual([1, 2])
    expect(
      connection
        .prepare('SELECT y FROM b')
        .all()
        .map((row) => row['y']),
    ).toEqual(['z'])
    connection.close()
  })
})
