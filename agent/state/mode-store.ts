import type { OperatorProof } from '../wire/approval.ts'
import type { StateDatabase } from './state-database.ts'

/** Who let somebody in before he asked, and how he showed who he is. */
export interface StandingWord {
  readonly by: string
  readonly proof: OperatorProof
}

/** How a service may be entered. What is not set is attended: a press for each session. */
export type ServiceMode =
  | { readonly mode: 'attended' }
  /** Whom the operator let in may come back by himself so soon after he left, within the time that was approved. */
  | ({ readonly mode: 'reconnect'; readonly minutes: number } & StandingWord)
  /** The customer's standing consent. */
  | ({ readonly mode: 'unattended' } & StandingWord)

/** One technician, awaited. */
export interface PlannedWindow extends StandingWord {
  readonly id: string
  readonly technician: { readonly id: string; readonly name: string; readonly organisation: string }
  readonly services: readonly string[]
  /** Unix milliseconds. */
  readonly fromMs: number
  readonly untilMs: number
}

/** The consents that stand, as they were given at the panel. */
export interface ModeStore {
  modeOf(service: string): ServiceMode
  setMode(service: string, mode: ServiceMode): void
  /** Those whose time is not over, the next one first. */
  windows(nowMs: number): PlannedWindow[]
  plan(window: PlannedWindow): void
  /** False when there is none. */
  withdraw(id: string): boolean
}

export function createModeStore(database: StateDatabase): ModeStore {
  const { sql } = database
  const find = sql.prepare('SELECT mode, minutes, by_name, proof FROM modes WHERE service = ?')
  const put = sql.prepare('INSERT OR REPLACE INTO modes (service, mode, minutes, by_name, proof) VALUES (?, ?, ?, ?, ?)')
  const drop = sql.prepare('DELETE FROM modes WHERE service = ?')
  const list = sql.prepare('SELECT * FROM windows WHERE until_at > ? ORDER BY from_at, id')
  const plan = sql.prepare(
    'INSERT INTO windows (id, technician_id, name, organisation, services, from_at, until_at, by_name, proof) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const withdraw = sql.prepare('DELETE FROM windows WHERE id = ?')
  const prune = sql.prepare('DELETE FROM windows WHERE until_at <= ?')
  return {
    modeOf: (service) => {
      const row = find.get(service)
      const word = { by: String(row?.['by_name']), proof: row?.['proof'] as OperatorProof }
      if (row?.['mode'] === 'unattended') return { mode: 'unattended', ...word }
      if (row?.['mode'] === 'reconnect') return { mode: 'reconnect', minutes: Number(row['minutes']), ...word }
      return { mode: 'attended' }
    },
    setMode: (service, mode) => {
      if (mode.mode === 'attended') return void drop.run(service)
      put.run(service, mode.mode, mode.mode === 'reconnect' ? mode.minutes : null, mode.by, mode.proof)
    },
    windows: (nowMs) =>
      list.all(nowMs).map((row) => ({
        id: String(row['id']),
        technician: { id: String(row['technician_id']), name: String(row['name']), organisation: String(row['organisation']) },
        services: JSON.parse(String(row['services'])) as string[],
        fromMs: Number(row['from_at']),
        untilMs: Number(row['until_at']),
        by: String(row['by_name']),
        proof: row['proof'] as OperatorProof,
      })),
    plan: ({ id, technician, services, fromMs, untilMs, by, proof }) => {
      prune.run(fromMs - 86_400_000)
      plan.run(id, technician.id, technician.name, technician.organisation, JSON.stringify(services), fromMs, untilMs, by, proof)
    },
    withdraw: (id) => withdraw.run(id).changes > 0,
  }
}
