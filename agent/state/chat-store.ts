import { mostChatMessages, type ChatMessage } from '../wire/chat.ts'
import type { StateDatabase } from './state-database.ts'

/** What was said in each session. */
export interface ChatStore {
  /** Gives it the next number. */
  put(session: string, message: Omit<ChatMessage, 'n'>): ChatMessage
  /** The newest ones, oldest of them first. */
  newest(session: string, limit: number): ChatMessage[]
  count(session: string): number
}

/** Over all sessions: older ones go. The ledger is the record, this is the panel's page. */
const keptInAll = 10_000

export function createChatStore({ sql }: StateDatabase): ChatStore {
  const last = sql.prepare('SELECT max(n) AS n FROM chat WHERE session = ?')
  const insert = sql.prepare('INSERT INTO chat (session, n, at, side, name, text) VALUES (?, ?, ?, ?, ?, ?)')
  const prune = sql.prepare(`DELETE FROM chat WHERE session = ? AND n <= ?`)
  const pruneAll = sql.prepare(`DELETE FROM chat WHERE id <= (SELECT max(id) FROM chat) - ${keptInAll}`)
  const list = sql.prepare('SELECT * FROM chat WHERE session = ? ORDER BY n DESC LIMIT ?')
  const count = sql.prepare('SELECT count(*) AS many FROM chat WHERE session = ?')
  return {
    put: (session, { at, from, name, text }) => {
      const n = Number(last.get(session)?.['n'] ?? 0) + 1
      insert.run(session, n, at, from, name, text)
      prune.run(session, n - mostChatMessages)
      pruneAll.run()
      return { n, at, from, name, text }
    },
    newest: (session, limit) =>
      list
        .all(session, limit)
        .map((row): ChatMessage => ({
          n: Number(row['n']),
          at: Number(row['at']),
          from: row['side'] === 'technician' ? 'technician' : 'operator',
          name: typeof row['name'] === 'string' ? row['name'] : null,
          text: String(row['text']),
        }))
        .toReversed(),
    count: (session) => Number(count.get(session)?.['many'] ?? 0),
  }
}
