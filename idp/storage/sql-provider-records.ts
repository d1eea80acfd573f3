import { createHash } from 'node:crypto'
import type { Adapter, AdapterPayload } from 'oidc-provider'
import type { Database } from './open-database.ts'
import type { SqlFeed } from './sql-feed.ts'

export interface SqlProviderRecords {
  adapter(model: string): Adapter
  /** Ends one session of the provider with its grants and tokens; false where nobody was signed in. */
  endSession(sessionId: string): boolean
  /** Deletes what has expired; returns how much. */
  sweep(): number
}

export interface ProviderRecordsOptions {
  readonly database: Database
  readonly feed: SqlFeed
  readonly nowS: () => number
  /** Whether the library is just now signing somebody out: it deletes a session's record also when it only gives it a new id. */
  readonly isSigningOut: () => boolean
  /** What a lost race for a one-time record throws. */
  readonly alreadyConsumed: () => Error
}

/** What a session is called outside: stable while its id is rotated, and of no use as a cookie. */
export const publicSessionId = (uid: string): string => createHash('sha256').update(`sid:${uid}`).digest('base64url').slice(0, 22)

/** The state of oidc-provider in SQLite: atomic consumption, revocation by grant, expiry. */
export function createSqlProviderRecords(options: ProviderRecordsOptions): SqlProviderRecords {
  const { database, nowS } = options
  const sweepStatement = database.sql.prepare('DELETE FROM provider_records WHERE expires_at <= ?')
  return {
    adapter: (model) => adapterFor(model, options, (id) => endSession(options, id)),
    endSession: (id) => endSession(options, id),
    sweep: () => Number(sweepStatement.run(nowS()).changes),
  }
}

function adapterFor(model: string, options: ProviderRecordsOptions, signOut: (sessionId: string) => boolean): Adapter {
  const { nowS, alreadyConsumed } = options
  const { sql } = options.database
  const read = (condition: string, value: string): AdapterPayload | undefined => {
    const row = sql
      .prepare(
        `SELECT payload, consumed_at FROM provider_records WHERE model = ? AND ${condition} = ? AND (expires_at IS NULL OR expires_at > ?)`,
      )
      .get(model, value, nowS())
    if (row === undefined) return undefined
    const payload = JSON.parse(String(row['payload'])) as AdapterPayload
    return row['consumed_at'] === null ? payload : { ...payload, consumed: Number(row['consumed_at']) }
  }
  return {
    find: async (id) => read('id', id),
    findByUid: async (uid) => read('uid', uid),
    findByUserCode: async () => undefined,
    upsert: async (id, payload, expiresIn) => upsert(options, model, id, payload, expiresIn),
    async consume(id) {
      const consumed = sql
        .prepare('UPDATE provider_records SET consumed_at = ? WHERE model = ? AND id = ? AND consumed_at IS NULL')
        .run(nowS(), model, id)
      if (consumed.changes !== 1) throw alreadyConsumed()
    },
    async destroy(id) {
      if (model === 'Session' && options.isSigningOut() && signOut(id)) return
      sql.prepare('DELETE FROM provider_records WHERE model = ? AND id = ?').run(model, id)
    },
    revokeByGrantId: async (grantId) => void sql.prepare('DELETE FROM provider_records WHERE grant_id = ?').run(grantId),
  }
}

function upsert(options: ProviderRecordsOptions, model: string, id: string, payload: AdapterPayload, expiresIn: number | undefined): void {
  const { sql } = options.database
  const { grantId = null, uid = null, accountId = null } = payload
  // Two uses of one client assertion can both have found nothing: the second insertion must lose.
  const once = model === 'ReplayDetection'
  if (once) sql.prepare('DELETE FROM provider_records WHERE model = ? AND id = ? AND expires_at <= ?').run(model, id, options.nowS())
  const onConflict = once
    ? 'DO NOTHING'
    : `(model, id) DO UPDATE SET payload = excluded.payload, grant_id = excluded.grant_id, uid = excluded.uid,
       account_id = excluded.account_id, expires_at = excluded.expires_at`
  const written = sql
    .prepare(
      `INSERT INTO provider_records (model, id, payload, grant_id, uid, account_id, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT ${onConflict}`,
    )
    .run(model, id, JSON.stringify(payload), grantId, uid, accountId, expiresIn === undefined ? null : options.nowS() + expiresIn)
  if (written.changes !== 1) throw options.alreadyConsumed()
}

function endSession(options: ProviderRecordsOptions, sessionId: string): boolean {
  const { database, feed } = options
  const { sql } = database
  const ended = database.transaction(() => {
    const row = sql.prepare("DELETE FROM provider_records WHERE model = 'Session' AND id = ? RETURNING payload, account_id").get(sessionId)
    if (row === undefined || row['account_id'] === null) return false
    const payload = JSON.parse(String(row['payload'])) as AdapterPayload
    for (const { grantId } of Object.values(payload.authorizations ?? {})) {
      if (grantId !== undefined)
        sql.prepare("DELETE FROM provider_records WHERE grant_id = ? OR (model = 'Grant' AND id = ?)").run(grantId, grantId)
    }
    feed.append({ type: 'account.signed_out', sub: String(row['account_id']), sid: publicSessionId(String(payload.uid)) })
    return true
  })
  if (ended) feed.announce()
  return ended
}
