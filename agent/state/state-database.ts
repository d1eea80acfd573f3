import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { AgentError } from '../basics/agent-error.ts'

export interface StateDatabase {
  readonly sql: DatabaseSync
  /** All of `run` is durable when this returns, or nothing of it happened. Nested calls join the outer one. */
  transaction<T>(run: () => T): T
  close(): void
}

const schema = `
  CREATE TABLE IF NOT EXISTS events (n INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS history (
    id INTEGER PRIMARY KEY, session TEXT NOT NULL UNIQUE, technician_id TEXT NOT NULL, technician_name TEXT NOT NULL, organisation TEXT NOT NULL,
    started_at INTEGER NOT NULL, ended_at INTEGER, outcome TEXT NOT NULL, reason TEXT, ended_by TEXT) STRICT;
  CREATE TABLE IF NOT EXISTS switches (service TEXT PRIMARY KEY, enabled INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS quiet (technician_id TEXT PRIMARY KEY, name TEXT NOT NULL, organisation TEXT NOT NULL, how TEXT NOT NULL, until INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS remote (one INTEGER PRIMARY KEY CHECK (one = 1), turned_on INTEGER NOT NULL, turned_by TEXT NOT NULL, turned_at INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS acts (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, act TEXT NOT NULL, service TEXT, by_name TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS modes (service TEXT PRIMARY KEY, mode TEXT NOT NULL, minutes INTEGER, by_name TEXT NOT NULL, proof TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS windows (
    id TEXT PRIMARY KEY, technician_id TEXT NOT NULL, name TEXT NOT NULL, organisation TEXT NOT NULL, services TEXT NOT NULL,
    from_at INTEGER NOT NULL, until_at INTEGER NOT NULL, by_name TEXT NOT NULL, proof TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS help (
    one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL, what TEXT NOT NULL, ticket TEXT, services TEXT NOT NULL, by_name TEXT NOT NULL,
    proof TEXT NOT NULL, called_at INTEGER NOT NULL, lets_in_until INTEGER, session TEXT) STRICT;
  CREATE TABLE IF NOT EXISTS chat (
    id INTEGER PRIMARY KEY, session TEXT NOT NULL, n INTEGER NOT NULL, at INTEGER NOT NULL, side TEXT NOT NULL, name TEXT, text TEXT NOT NULL,
    UNIQUE (session, n)) STRICT;
  CREATE TABLE IF NOT EXISTS recordings (
    id INTEGER PRIMARY KEY, session TEXT NOT NULL UNIQUE, started_at INTEGER NOT NULL, bytes INTEGER NOT NULL, state TEXT NOT NULL, stopped TEXT,
    by_name TEXT, at INTEGER) STRICT;
  CREATE TABLE IF NOT EXISTS protected_recordings (session TEXT PRIMARY KEY, by_name TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS identity (one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS clocks (one INTEGER PRIMARY KEY CHECK (one = 1), boot_id TEXT, wall_ms INTEGER NOT NULL, offset_ms INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS wrong_pins (name TEXT PRIMARY KEY, wrong INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS updates (what TEXT PRIMARY KEY, which TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS paired (secret_hash TEXT PRIMARY KEY, paired_at INTEGER NOT NULL) STRICT;
`

/**
 * Opens (or creates) the state of one agent and locks it: the lock is gone with the process, also after `kill -9`.
 *
 * @throws AgentError `state_in_use` by another agent, `state_unreadable`
 */
export function openStateDatabase(stateDir: string): StateDatabase {
  const path = join(stateDir, 'agent.db')
  let sql: DatabaseSync | undefined
  try {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 })
    closeSync(openSync(path, 'a', 0o600))
    chmodSync(path, 0o600)
    sql = new DatabaseSync(path)
    sql.exec('PRAGMA locking_mode = EXCLUSIVE')
    sql.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 200')
    sql.exec(`BEGIN EXCLUSIVE; ${schema} COMMIT`)
    // A page that a broken disk changed would otherwise be found when it is read: in the middle of a session.
    const found = String(sql.prepare('PRAGMA quick_check(1)').get()?.['quick_check'])
    if (found !== 'ok') throw new Error(`malformed: ${found}`)
    return stateDatabase(sql)
  } catch (error) {
    if (sql?.isOpen === true) sql.close()
    if (error instanceof Error && /locked|busy/i.test(error.message)) {
      throw new AgentError({
        code: 'state_in_use',
        message: `Another agent runs with the state directory ${stateDir}. End it first, or give this one its own.`,
        cause: error,
      })
    }
    const why = error instanceof Error ? error.message : 'unknown'
    const broken = /malformed|not a database/i.test(why)
    throw new AgentError({
      code: 'state_unreadable',
      message: broken
        ? `The state in ${path} is broken (${why}). Restore it, or move it and ${path}-wal away: the agent then starts with remote service off, until somebody at the panel turns it on.`
        : `The state in ${path} cannot be used (${why}). Check owner, rights and free space.`,
      cause: error,
    })
  }
}

function stateDatabase(sql: DatabaseSync): StateDatabase {
  return {
    sql,
    transaction(run) {
      if (sql.isTransaction) return run()
      sql.exec('BEGIN IMMEDIATE')
      try {
        const result = run()
        sql.exec('COMMIT')
        return result
      } catch (error) {
        if (sql.isTransaction) sql.exec('ROLLBACK')
        throw error
      }
    },
    close: () => void (sql.isOpen && sql.close()),
  }
}
