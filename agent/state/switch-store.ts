import type { StateDatabase } from './state-database.ts'

/** The customer's switches, as they were last set at the panel. */
export interface SwitchStore {
  /** Null when nobody ever touched it: then the settings say. */
  get(service: string): boolean | null
  set(service: string, enabled: boolean): void
}

export function createSwitchStore(database: StateDatabase): SwitchStore {
  const find = database.sql.prepare('SELECT enabled FROM switches WHERE service = ?')
  const put = database.sql.prepare(
    'INSERT INTO switches (service, enabled) VALUES (?, ?) ON CONFLICT (service) DO UPDATE SET enabled = excluded.enabled',
  )
  return {
    get: (service) => {
      const row = find.get(service)
      return row === undefined ? null : row['enabled'] === 1
    },
    set: (service, enabled) => void put.run(service, enabled ? 1 : 0),
  }
}
