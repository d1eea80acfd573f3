import type { StateDatabase } from './state-database.ts'

/** What became of the recording of a session; its file is there while it is `open` or `kept`. */
export type RecordingState = 'open' | 'kept' | 'deleted' | 'expired' | 'lost'

export interface RecordingEntry {
  readonly session: string
  readonly startedAtMs: number
  readonly bytes: number
  readonly state: RecordingState
  /** Why it ended before its session did, or null. */
  readonly stopped: string | null
  /** Who deleted it, and when; null where nobody did. */
  readonly by: string | null
  readonly atMs: number | null
  /** Who said that it has to stay, or null. */
  readonly protectedBy: string | null
}

export interface RecordingStore {
  find(session: string): RecordingEntry | null
  /** Of those whose file is there, the oldest first. */
  there(): RecordingEntry[]
  put(entry: Omit<RecordingEntry, 'protectedBy'>): void
  /** It stays, as this operator said; null: it goes like any. */
  protect(session: string, by: string | null): void
}

/** As many as the history has sessions. */
const rowsKept = 5_000

const columns =
  'recordings.*, protected.by_name AS protected_by FROM recordings LEFT JOIN protected_recordings protected ON protected.session = recordings.session'

export function createRecordingStore({ sql }: StateDatabase): RecordingStore {
  const insert = sql.prepare(
    `INSERT INTO recordings (session, started_at, bytes, state, stopped, by_name, at) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (session) DO UPDATE SET bytes = excluded.bytes, state = excluded.state, stopped = excluded.stopped, by_name = excluded.by_name, at = excluded.at`,
  )
  const prune = sql.prepare(
    `DELETE FROM recordings WHERE id <= (SELECT max(id) FROM recordings) - ${rowsKept} AND state NOT IN ('open', 'kept')`,
  )
  const protect = sql.prepare(
    'INSERT INTO protected_recordings (session, by_name) VALUES (?, ?) ON CONFLICT (session) DO UPDATE SET by_name = excluded.by_name',
  )
  const unprotect = sql.prepare('DELETE FROM protected_recordings WHERE session = ?')
  const one = sql.prepare(`SELECT ${columns} WHERE recordings.session = ?`)
  const list = sql.prepare(`SELECT ${columns} WHERE state IN ('open', 'kept') ORDER BY started_at, id`)
  return {
    find: (session) => {
      const row = one.get(session)
      return row === undefined ? null : fromRow(row)
    },
    there: () => list.all().map(fromRow),
    put: ({ session, startedAtMs, bytes, state, stopped, by, atMs }) => {
      insert.run(session, startedAtMs, bytes, state, stopped, by, atMs)
      prune.run()
    },
    protect: (session, by) => void (by === null ? unprotect.run(session) : protect.run(session, by)),
  }
}

function fromRow(row: Record<string, unknown>): RecordingEntry {
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)
  return {
    session: String(row['session']),
    startedAtMs: Number(row['started_at']),
    bytes: Number(row['bytes']),
    state: row['state'] as RecordingState,
    stopped: text(row['stopped']),
    by: text(row['by_name']),
    atMs: row['at'] === null ? null : Number(row['at']),
    protectedBy: text(row['protected_by']),
  }
}
