import type { HelpCall } from '../wire/help-call.ts'
import type { OperatorProof } from '../wire/approval.ts'
import type { StateDatabase } from './state-database.ts'

/** The call for help that is open. */
export interface OpenCall extends HelpCall {
  /** How whoever called showed who he is. */
  readonly proof: OperatorProof
  /** The session of whoever took it, once he is let in. */
  readonly session: string | null
}

/** At most one call. */
export interface HelpStore {
  get(): OpenCall | null
  put(call: OpenCall): void
  clear(): void
}

export function createHelpStore({ sql }: StateDatabase): HelpStore {
  const find = sql.prepare('SELECT * FROM help')
  const put = sql.prepare(
    'INSERT OR REPLACE INTO help (one, id, what, ticket, services, by_name, proof, called_at, lets_in_until, session) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const clear = sql.prepare('DELETE FROM help')
  return {
    get: () => {
      const row = find.get()
      if (row === undefined) return null
      return {
        id: String(row['id']),
        what: String(row['what']),
        ticket: typeof row['ticket'] === 'string' ? row['ticket'] : null,
        services: JSON.parse(String(row['services'])) as string[],
        by: String(row['by_name']),
        proof: row['proof'] as OperatorProof,
        called_at: Number(row['called_at']),
        lets_in_until: row['lets_in_until'] === null ? null : Number(row['lets_in_until']),
        session: typeof row['session'] === 'string' ? row['session'] : null,
      }
    },
    put: ({ id, what, ticket, services, by, proof, called_at, lets_in_until, session }) =>
      void put.run(id, what, ticket, JSON.stringify(services), by, proof, called_at, lets_in_until, session),
    clear: () => void clear.run(),
  }
}
