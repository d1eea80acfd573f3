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
}

export interface RecordingStore {
  find(session: string): RecordingEntry | null
  /** Of those whose file is there, the oldest first. */
  there(): RecordingEntry[]
  put(entry: RecordingEntry): void
}

/** As many as the history has sessions. */
const rowsKept = 5_000

export function createRecordingStore({ sql }: StateDatabase): RecordingStore {
  const insert = sql.prepare(
    `INSERT INTO recordings (session, started_at, bytes, state, stopped, by_name, at) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (session) DO UPDATE SET bytes = excluded.bytes, state = excluded.state, stopped = excluded.stopped, by_name = excluded.by_name, at = excluded.at`,
  )
  const prune = sql.prepare(
    `DELETE FROM recordings WHERE id <= (SELECT max(id) FROM recordings) - ${rowsKept} AND state NOT IN ('open', 'kept')`,
  )
  const one = sql.prepare('SELECT * FROM recordings WHERE session = ?')
  const list = sql.prepare("SELECT * FROM recordings WHERE state IN ('open', 'kept') ORDER BY started_at, id")
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
  }
}
