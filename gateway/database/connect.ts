import { DatabaseSync } from 'node:sqlite'

const busyTimeoutMs = 5_000

/** The writer's connection: WAL, every commit on the disk before it is acknowledged. */
export function connectWriter(file: string): DatabaseSync {
  const connection = new DatabaseSync(file, { timeout: busyTimeoutMs })
  harden(connection)
  connection.exec('PRAGMA journal_mode = WAL')
  connection.exec('PRAGMA synchronous = FULL')
  // Only macOS knows these: fsync there does not reach the disk.
  connection.exec('PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON')
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
