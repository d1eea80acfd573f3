import type { StateDatabase } from './state-database.ts'

/** What was told of updates, so that it is told once: `offered` the program of the last offer, `outcome` the id of the last outcome. */
export interface UpdateStore {
  told(what: 'offered' | 'outcome'): string | null
  tell(what: 'offered' | 'outcome', which: string): void
}

export function createUpdateStore({ sql }: StateDatabase): UpdateStore {
  const find = sql.prepare('SELECT which FROM updates WHERE what = ?')
  const put = sql.prepare('INSERT INTO updates (what, which) VALUES (?, ?) ON CONFLICT (what) DO UPDATE SET which = excluded.which')
  return {
    told: (what) => {
      const row = find.get(what)
      return row === undefined ? null : String(row['which'])
    },
    tell: (what, which) => void put.run(what, which),
  }
}
