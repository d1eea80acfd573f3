import type { StateDatabase } from './state-database.ts'

export interface Quiet {
  readonly technician: { readonly id: string; readonly name: string; readonly organisation: string }
  readonly how: 'not_now' | 'not_today'
  readonly untilMs: number
}

/** Technicians whose requests are not shown for a while. */
export interface QuietStore {
  put(quiet: Quiet): void
  remove(technicianId: string): void
  /** Those whose time is not over. */
  list(nowMs: number): Quiet[]
}

export function createQuietStore(database: StateDatabase): QuietStore {
  const { sql } = database
  const put = sql.prepare('INSERT OR REPLACE INTO quiet (technician_id, name, organisation, how, until) VALUES (?, ?, ?, ?, ?)')
  const remove = sql.prepare('DELETE FROM quiet WHERE technician_id = ?')
  const list = sql.prepare('SELECT * FROM quiet WHERE until > ? ORDER BY until')
  return {
    put: ({ technician, how, untilMs }) => void put.run(technician.id, technician.name, technician.organisation, how, untilMs),
    remove: (technicianId) => void remove.run(technicianId),
    list: (nowMs) =>
      list.all(nowMs).map((row) => ({
        technician: { id: String(row['technician_id']), name: String(row['name']), organisation: String(row['organisation']) },
        how: row['how'] === 'not_today' ? 'not_today' : 'not_now',
        untilMs: Number(row['until']),
      })),
  }
}
