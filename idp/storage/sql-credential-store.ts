import type { CredentialStore } from '../accounts/account-store.ts'
import type { Database } from './open-database.ts'
import type { SqlFeed } from './sql-feed.ts'

export function createSqlCredentialStore(options: {
  readonly database: Database
  readonly feed: SqlFeed
  readonly nowS: () => number
}): CredentialStore {
  const { database, feed, nowS } = options
  const { sql } = database
  return {
    async passwordHash(sub) {
      const hash = sql.prepare('SELECT password_hash FROM accounts WHERE sub = ?').get(sub)?.['password_hash']
      return typeof hash === 'string' ? hash : undefined
    },
    replacePasswordHash: async (sub, from, to) =>
      void sql.prepare('UPDATE accounts SET password_hash = ? WHERE sub = ? AND password_hash = ?').run(to, sub, from),
    recordSignIn: async (sub) => void sql.prepare('UPDATE accounts SET last_sign_in_at = ? WHERE sub = ?').run(nowS(), sub),
    putSetupLink: async (sub, link) =>
      void sql
        .prepare(
          `INSERT INTO setup_links (sub, token_hash, expires_at) VALUES (?, ?, ?)
           ON CONFLICT (sub) DO UPDATE SET token_hash = excluded.token_hash, expires_at = excluded.expires_at, used_at = NULL`,
        )
        .run(sub, link.tokenHash, link.expiresAt),
    async findSetupLink(tokenHash) {
      const row = sql.prepare('SELECT sub, expires_at, used_at FROM setup_links WHERE token_hash = ?').get(tokenHash)
      if (row === undefined) return undefined
      return { tokenHash, sub: String(row['sub']), expiresAt: Number(row['expires_at']), usedAt: row['used_at'] as number | null }
    },
    async redeemSetupLink(tokenHash, passwordHash) {
      const redeemed = database.transaction(() => {
        const used = sql
          .prepare(
            `UPDATE setup_links SET used_at = ? WHERE token_hash = ? AND used_at IS NULL AND expires_at > ?
             AND sub IN (SELECT sub FROM accounts WHERE status = 'active') RETURNING sub`,
          )
          .get(nowS(), tokenHash, nowS())
        if (used === undefined) return false
        const sub = String(used['sub'])
        sql.prepare('UPDATE accounts SET password_hash = ?, updated_at = ? WHERE sub = ?').run(passwordHash, nowS(), sub)
        sql.prepare('DELETE FROM provider_records WHERE account_id = ?').run(sub)
        feed.append({ type: 'account.credentials', sub })
        return true
      })
      if (redeemed) feed.announce()
      return redeemed
    },
  }
}
