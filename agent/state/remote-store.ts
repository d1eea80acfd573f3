import type { StateDatabase } from './state-database.ts'

/** Remote service as a whole, as it was last turned at the panel. */
export interface RemoteStore {
  /** Null when nobody ever turned it: then the settings say. */
  get(): RemoteSwitch | null
  set(turned: RemoteSwitch): void
}

export interface RemoteSwitch {
  readonly on: boolean
  /** Null: nobody, the records were lost. */
  readonly by: string | null
  readonly atMs: number
}

export function createRemoteStore(database: StateDatabase): RemoteStore {
  const find = database.sql.prepare('SELECT turned_on, turned_by, turned_at FROM remote')
  const put = database.sql.prepare(
    `INSERT INTO remote (one, turned_on, turned_by, turned_at) VALUES (1, ?, ?, ?)
     ON CONFLICT (one) DO UPDATE SET turned_on = excluded.turned_on, turned_by = excluded.turned_by, turned_at = excluded.turned_at`,
  )
  return {
    get: () => {
      const row = find.get()
      return row === undefined
        ? null
        : { on: row['turned_on'] === 1, by: row['turned_by'] === '' ? null : String(row['turned_by']), atMs: Number(row['turned_at']) }
    },
    set: ({ on, by, atMs }) => void put.run(on ? 1 : 0, by ?? '', atMs),
  }
}
