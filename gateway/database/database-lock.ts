import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { CodedError } from '../basics/coded-error.ts'
import { isBusy } from './sqlite-errors.ts'
import { databaseUnusable } from './write-errors.ts'

export interface DatabaseLock {
  release(): void
}

/**
 * One process at a time: holds the reserved lock of a small SQLite file beside the database. It is a lock of the operating system, so it
 * ends with the process, however that ends, and there is nothing stale to detect; and under a reserved lock others can still read whose
 * it is. The file stays where it is: removing it would let two processes lock two files of one name.
 *
 * @throws CodedError `database_in_use`, `database_unusable`
 */
export function lockDatabase(file: string, pid: number): DatabaseLock {
  const lock = openLock(file)
  try {
    lock.exec('BEGIN IMMEDIATE')
    lock.exec('CREATE TABLE IF NOT EXISTS holder (only_one INTEGER PRIMARY KEY CHECK (only_one = 1), pid INTEGER NOT NULL) STRICT')
    lock.prepare('INSERT INTO holder VALUES (1, ?) ON CONFLICT DO UPDATE SET pid = excluded.pid').run(pid)
    lock.exec('COMMIT')
    // Somebody who comes in between is the holder then, and this process is told so.
    lock.exec('BEGIN IMMEDIATE')
  } catch (error) {
    const holder = isBusy(error) ? readHolder(lock) : undefined
    lock.close()
    throw isBusy(error) ? inUse(file, holder) : databaseUnusable(error, `${file}.lock`)
  }
  return { release: () => (lock.isOpen ? lock.close() : undefined) }
}

/** Whether a process holds it now. Unlike taking it this leaves no trace: nothing is written before the lock is let go. */
export function isDatabaseInUse(file: string): boolean {
  if (!existsSync(`${file}.lock`)) return false
  const lock = openLock(file)
  try {
    lock.exec('BEGIN IMMEDIATE')
    return false
  } catch (error) {
    if (isBusy(error)) return true
    throw databaseUnusable(error, `${file}.lock`)
  } finally {
    lock.close()
  }
}

function openLock(file: string): DatabaseSync {
  try {
    return new DatabaseSync(`${file}.lock`, { timeout: 0 })
  } catch (error) {
    throw databaseUnusable(error, `${file}.lock`)
  }
}

function readHolder(lock: DatabaseSync): number | undefined {
  try {
    if (lock.isTransaction) lock.exec('ROLLBACK')
    return lock.prepare('SELECT pid FROM holder').get()?.['pid'] as number | undefined
  } catch {
    // The other process is writing its number at this moment.
    return undefined
  }
}

function inUse(file: string, holder: number | undefined): CodedError {
  const who = holder === undefined ? 'another process' : `process ${holder}`
  return new CodedError({
    code: 'database_in_use',
    message: `The database is in use by ${who}. Stop that process first, or use the API of the running gateway.`,
    remedy: 'conflict',
    details: { file, pid: holder ?? null },
  })
}
