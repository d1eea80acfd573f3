import type { StateDatabase } from './state-database.ts'

/** What operators did at the panel besides answering requests, and what the machine did that nobody should miss. */
export type ActName =
  | 'remote_on'
  | 'remote_off'
  | 'service_on'
  | 'service_off'
  | 'pin_paused'
  | 'mode_attended'
  | 'mode_reconnect'
  | 'mode_unattended'
  | 'window_planned'
  | 'window_withdrawn'
  | 'help_called'
  | 'help_withdrawn'
  | 'recording_deleted'
  | 'recording_protected'
  | 'recording_unprotected'
  /** Before its days were over, for want of room. */
  | 'recording_expired'
  /** Nobody did: the agent found other records than it left, or none. */
  | 'records_lost'
  | 'certificate_renewed_late'
  /** Of these, `service` is the version. */
  | 'update_offered'
  | 'update_agreed'
  | 'update_declined'
  | 'update_rejected'
  | 'update_installed'
  | 'update_rolled_back'

export interface Act {
  readonly atMs: number
  readonly act: ActName
  /** Name of the service, or null. */
  readonly service: string | null
  /** Empty: the machine by itself. */
  readonly by: string
}

export interface ActStore {
  put(act: Act): void
  /** Newest first. */
  newest(limit: number): Act[]
  /** Those before a moment, newest first: `limit`, and all that are as old as the last of them. */
  before(atMs: number, limit: number): Act[]
}

/** Older entries go: the ledger is the record, this is the panel's page. */
const actsKept = 5_000

export function createActStore(database: StateDatabase): ActStore {
  const insert = database.sql.prepare('INSERT INTO acts (at, act, service, by_name) VALUES (?, ?, ?, ?)')
  const prune = database.sql.prepare(`DELETE FROM acts WHERE id <= (SELECT max(id) FROM acts) - ${actsKept}`)
  const list = database.sql.prepare('SELECT at, act, service, by_name FROM acts ORDER BY id DESC LIMIT ?')
  const older = database.sql.prepare(
    `SELECT at, act, service, by_name FROM acts WHERE at < ?1 AND at >= coalesce(
       (SELECT at FROM acts WHERE at < ?1 ORDER BY at DESC LIMIT 1 OFFSET ?2), 0)
     ORDER BY at DESC, id DESC`,
  )
  return {
    put: ({ atMs, act, service, by }) => {
      insert.run(atMs, act, service, by)
      prune.run()
    },
    newest: (limit) => list.all(limit).map(fromRow),
    before: (atMs, limit) => older.all(atMs, limit - 1).map(fromRow),
  }
}

function fromRow(row: Record<string, unknown>): Act {
  return {
    atMs: Number(row['at']),
    act: row['act'] as ActName,
    service: typeof row['service'] === 'string' ? row['service'] : null,
    by: String(row['by_name']),
  }
}
