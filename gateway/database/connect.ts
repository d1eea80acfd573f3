import { DatabaseSync } from 'node:sqlite'

const busyTimeoutMs = 5_000
const cacheKib = 16 * 1_024
/** 16 MiB of log, which a start after a crash reads in a moment. */
const checkpointPages = 4_096

/** The writer's connection: WAL, every commit on the disk before it is acknowledged. */
export function connectWriter(file: string): DatabaseSync {
  const connection = new DatabaseSync(file, { timeout: busyTimeoutMs })
  harden(connection)
  connection.exec('PRAGMA journal_mode = WAL')
  connection.exec('PRAGMA synchronous = FULL')
  // Only macOS knows these: fsync there does not reach the disk.
  connection.exec('PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON')
  // A long log has indexes in the order of persons, machines and sessions: each row touches a page of each of them somewhere. What is written there again before the next
  // checkpoint reaches the file once, and what fits into the cache is not read back from the log: half the time of a thousand rows (docs/performance.md).
  connection.exec(`PRAGMA cache_size = -${cacheKib}`)
  connection.exec(`PRAGMA wal_autocheckpoint = ${checkpointPages}`)
  // What a unit would be rolled back from otherwise goes through a file of its own.
  connection.exec('PRAGMA temp_store = MEMORY')
  connection.exec('PRAGMA foreign_keys = ON')
  // Without it REPLACE deletes a row past the triggers that guard it.
  connection.exec('PRAGMA recursive_triggers = ON')
  return connection
}

export function connectReader(file: string): DatabaseSync {
  const connection = new DatabaseSync(file, { readOnly: true, timeout: busyTimeoutMs })
  harden(connection)
  connection.exec('PRAGMA query_only = ON')
  return connection
}

function harden(connection: DatabaseSync): void {
  // Not in every Node that we run on.
  if (typeof connection.enableDefensive === 'function') connection.enableDefensive(true)
  connection.exec('PRAGMA trusted_schema = OFF')
}
