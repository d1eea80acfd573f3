import type { StateDatabase } from './state-database.ts'

/** How often the PIN of an operator was wrong since it was last right. Outlives the process: a restart gives nobody new tries. */
export interface WrongPinStore {
  /** Counts one more, durably, and gives back how many there are. */
  add(name: string): number
  forget(name: string): void
  list(): readonly { readonly name: string; readonly wrong: number }[]
}

export function createWrongPinStore(database: StateDatabase): WrongPinStore {
  const { sql } = database
  const add = sql.prepare(
    'INSERT INTO wrong_pins (name, wrong) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET wrong = wrong + 1 RETURNING wrong',
  )
  const forget = sql.prepare('DELETE FROM wrong_pins WHERE name = ?')
  const list = sql.prepare('SELECT name, wrong FROM wrong_pins')
  return {
    add: (name) => database.transaction(() => Number(add.get(name)?.['wrong'])),
    forget: (name) => database.transaction(() => void forget.run(name)),
    list: () => list.all().map((row) => ({ name: String(row['name']), wrong: Number(row['wrong']) })),
  }
}
