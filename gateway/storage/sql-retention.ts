import { sql } from 'kysely'
import type { RetentionStore } from '../retention/sweep-records.ts'
import { change } from './storage-context.ts'
import type { StorageContext } from './storage-context.ts'

export function createSqlRetention(context: StorageContext): RetentionStore {
  const { read } = context.database
  return {
    async forgetAccess({ nowMs, endedBeforeS }) {
      await change(context, [
        { query: read.deleteFrom('access_codes').where('expires_at', '<=', nowMs).compile() },
        { query: sql`DELETE FROM access_cookies WHERE ${overSince('access_cookies', endedBeforeS)}`.compile(read) },
        { query: sql`DELETE FROM access_cookie_pins WHERE ${overSince('access_cookie_pins', endedBeforeS)}`.compile(read) },
      ])
    },

    async forgetDecisions(beforeMs, most) {
      const old = read.selectFrom('decisions').select('position').where('evaluated_at', '<', beforeMs).orderBy('evaluated_at').limit(most)
      const [result] = await change(context, [{ query: read.deleteFrom('decisions').where('position', 'in', old).compile() }])
      return result?.changes ?? 0
    },

    async forgetGrantRequests(beforeS, most) {
      const old = read.selectFrom('grant_requests').select('position').where('answered_at', '<', beforeS).orderBy('answered_at').limit(most)
      const [result] = await change(context, [{ query: read.deleteFrom('grant_requests').where('position', 'in', old).compile() }])
      return result?.changes ?? 0
    },
  }
}

/** From the rows that are few: origins and sessions are kept for good, and are found by their keys. */
const overSince = (table: 'access_cookies' | 'access_cookie_pins', endedBeforeS: number) =>
  sql`EXISTS (SELECT 1 FROM access_origins o JOIN sessions s ON s.id = o.session_id
    WHERE o.label = ${sql.table(table)}.label AND s.ended_at <= ${endedBeforeS})`
