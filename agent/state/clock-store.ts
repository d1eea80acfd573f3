import type { StateDatabase } from './state-database.ts'

/** How the clocks stood when the agent looked last. */
export interface KeptClocks {
  /** Of the computer's run; null where the system does not say. */
  readonly bootId: string | null
  /** Unix milliseconds. */
  readonly wallMs: number
  /** Wall clock less boot clock, ms. */
  readonly offsetMs: number
}

export interface ClockStore {
  get(): KeptClocks | null
  set(clocks: KeptClocks): void
}

export function createClockStore({ sql }: StateDatabase): ClockStore {
  const find = sql.prepare('SELECT boot_id, wall_ms, offset_ms FROM clocks')
  const put = sql.prepare(
    `INSERT INTO clocks (one, boot_id, wall_ms, offset_ms) VALUES (1, ?, ?, ?)
     ON CONFLICT (one) DO UPDATE SET boot_id = excluded.boot_id, wall_ms = excluded.wall_ms, offset_ms = excluded.offset_ms`,
  )
  return {
    get: () => {
      const row = find.get()
      if (row === undefined) return null
      const bootId = row['boot_id'] === null ? null : String(row['boot_id'])
      return { bootId, wallMs: Number(row['wall_ms']), offsetMs: Number(row['offset_ms']) }
    },
    set: ({ bootId, wallMs, offsetMs }) => void put.run(bootId, Math.round(wallMs), Math.round(offsetMs)),
  }
}
