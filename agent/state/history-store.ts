import type { StateDatabase } from './state-database.ts'

export type HistoryOutcome = 'approved' | 'refused' | 'timeout' | 'not_now' | 'not_today' | 'withdrawn' | 'ended'

export interface HistoryEntry {
  readonly session: string
  readonly technician: { readonly id: string; readonly name: string; readonly organisation: string }
  readonly startedAtMs: number
  readonly endedAtMs: number | null
  readonly outcome: HistoryOutcome
  readonly reason: string | null
  readonly by: string | null
}

/** What was asked and done on this machine; also the memory that a session id is never used twice. */
export interface HistoryStore {
  put(entry: HistoryEntry): void
  end(session: string, end: { readonly endedAtMs: number; readonly reason: string; readonly by: string | null }): void
  knows(session: string): boolean
  /** Newest first. */
  newest(limit: number): HistoryEntry[]
  /** Those before a moment, newest first: `limit`, and all that are as old as the last of them. */
  before(atMs: number, limit: number): HistoryEntry[]
  /** Who asked here, newest first. */
  technicians(): HistoryEntry['technician'][]
  /** Ids that were approved and never ended: a process died over them. */
  unended(): string[]
}

/** Older entries go: the ledger is the record, this is the panel's page. */
export const kept = 5_000

export function createHistoryStore(database: StateDatabase): HistoryStore {
  const { sql } = database
  const insert = sql.prepare(
    `INSERT INTO history (session, technician_id, technician_name, organisation, started_at, ended_at, outcome, reason, ended_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (session) DO UPDATE SET ended_at = excluded.ended_at, outcome = excluded.outcome, reason = excluded.reason, ended_by = excluded.ended_by`,
  )
  const prune = sql.prepare(`DELETE FROM history WHERE id <= (SELECT max(id) FROM history) - ${kept}`)
  const finish = sql.prepare("UPDATE history SET outcome = 'ended', ended_at = ?, reason = ?, ended_by = ? WHERE session = ?")
  const find = sql.prepare('SELECT 1 FROM history WHERE session = ?')
  const list = sql.prepare('SELECT * FROM history ORDER BY id DESC LIMIT ?')
  const older = sql.prepare(
    `SELECT * FROM history WHERE started_at < ?1 AND started_at >= coalesce(
       (SELECT started_at FROM history WHERE started_at < ?1 ORDER BY started_at DESC LIMIT 1 OFFSET ?2), 0)
     ORDER BY started_at DESC, id DESC`,
  )
  const people = sql.prepare(
    'SELECT technician_id, technician_name, organisation, max(id) AS newest FROM history GROUP BY technician_id ORDER BY newest DESC LIMIT 100',
  )
  const open = sql.prepare("SELECT session FROM history WHERE outcome = 'approved' AND ended_at IS NULL ORDER BY id")
  return {
    put: ({ session, technician, startedAtMs, endedAtMs, outcome, reason, by }) => {
      insert.run(session, technician.id, technician.name, technician.organisation, startedAtMs, endedAtMs, outcome, reason, by)
      prune.run()
    },
    end: (session, end) => void finish.run(end.endedAtMs, end.reason, end.by, session),
    knows: (session) => find.get(session) !== undefined,
    newest: (limit) => list.all(limit).map(fromRow),
    before: (atMs, limit) => older.all(atMs, limit - 1).map(fromRow),
    technicians: () =>
      people.all().map((row) => ({
        id: String(row['technician_id']),
        name: String(row['technician_name']),
        organisation: String(row['organisation']),
      })),
    unended: () => open.all().map((row) => String(row['session'])),
  }
}

function fromRow(row: Record<string, unknown>): HistoryEntry {
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)
  return {
    session: String(row['session']),
    technician: { id: String(row['technician_id']), name: String(row['technician_name']), organisation: String(row['organisation']) },
    startedAtMs: Number(row['started_at']),
    endedAtMs: row['ended_at'] === null ? null : Number(row['ended_at']),
    outcome: row['outcome'] as HistoryOutcome,
    reason: text(row['reason']),
    by: text(row['ended_by']),
  }
}
