import type { SQLInputValue } from 'node:sqlite'
import type { Account } from '../accounts/account.ts'
import { usernameKey } from '../accounts/account.ts'
import { accountNotFound, usernameTaken } from '../accounts/account-errors.ts'
import type { AccountPatch, AccountQuery, AccountStore } from '../accounts/account-store.ts'
import type { Database } from './open-database.ts'
import type { SqlFeed } from './sql-feed.ts'

const columns =
  'sub, username, name, email, locale, status, photo_sha256, password_hash IS NOT NULL AS has_password, created_at, updated_at, last_sign_in_at'

export function createSqlAccountStore(options: {
  readonly database: Database
  readonly feed: SqlFeed
  readonly nowS: () => number
}): AccountStore {
  const { database, feed, nowS } = options
  const { sql } = database

  const find = (sub: string): Account | undefined => toAccount(sql.prepare(`SELECT ${columns} FROM accounts WHERE sub = ?`).get(sub))
  const demand = (sub: string): Account => {
    const account = find(sub)
    if (account === undefined) throw accountNotFound()
    return account
  }
  const change = <Result>(run: () => Result): Result => {
    const result = database.transaction(run)
    feed.announce()
    return result
  }

  return {
    create: async (account, passwordHash, link) =>
      change(() => {
        const key = usernameKey(account.username)
        if (sql.prepare('SELECT 1 FROM accounts WHERE username_key = ?').get(key) !== undefined) throw usernameTaken()
        sql
          .prepare(
            `INSERT INTO accounts (sub, username, username_key, name, email, locale, status, password_hash, search_text, created_at, updated_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
          )
          .run(
            account.sub,
            account.username,
            key,
            account.name,
            account.email,
            account.locale,
            account.status,
            passwordHash,
            searchText(account),
            nowS(),
            nowS(),
          )
        if (link !== null)
          sql
            .prepare('INSERT INTO setup_links (sub, token_hash, expires_at) VALUES (?, ?, ?)')
            .run(account.sub, link.tokenHash, link.expiresAt)
        feed.append({ type: 'account.created', sub: account.sub })
      }),
    find: async (sub) => find(sub),
    findByUsername: async (username) =>
      toAccount(sql.prepare(`SELECT ${columns} FROM accounts WHERE username_key = ?`).get(usernameKey(username))),
    list: async (query) => listAccounts(database, query),
    update: async (sub, patch) =>
      change(() => {
        const before = demand(sub)
        const after = {
          ...before,
          name: patch.name ?? before.name,
          email: patch.email === undefined ? before.email : patch.email,
          status: patch.status ?? before.status,
        }
        sql
          .prepare('UPDATE accounts SET name = ?, email = ?, status = ?, search_text = ?, updated_at = ? WHERE sub = ?')
          .run(after.name, after.email, after.status, searchText(after), nowS(), sub)
        if (after.status === 'disabled') sql.prepare('DELETE FROM provider_records WHERE account_id = ?').run(sub)
        appendChanges(feed, before, after)
        return demand(sub)
      }),
    async photo(sub) {
      const row = sql.prepare('SELECT p.jpeg, a.photo_sha256 FROM account_photos p JOIN accounts a USING (sub) WHERE sub = ?').get(sub)
      return row === undefined ? undefined : { jpeg: row['jpeg'] as Uint8Array, sha256: String(row['photo_sha256']) }
    },
    setPhoto: async (sub, photo) =>
      change(() => {
        const before = demand(sub)
        sql.prepare('DELETE FROM account_photos WHERE sub = ?').run(sub)
        if (photo !== null) sql.prepare('INSERT INTO account_photos (sub, jpeg) VALUES (?, ?)').run(sub, photo.jpeg)
        sql.prepare('UPDATE accounts SET photo_sha256 = ?, updated_at = ? WHERE sub = ?').run(photo?.sha256 ?? null, nowS(), sub)
        if (before.photoSha256 !== (photo?.sha256 ?? null)) feed.append({ type: 'account.photo', sub, photo_sha256: photo?.sha256 ?? null })
        return demand(sub)
      }),
  }
}

function appendChanges(feed: SqlFeed, before: Account, after: Required<Pick<AccountPatch, 'name' | 'status'>> & Account): void {
  if (after.name !== before.name) feed.append({ type: 'account.profile', sub: before.sub, name: after.name })
  if (after.status !== before.status) feed.append({ type: 'account.status', sub: before.sub, status: after.status })
}

const searchText = (account: Pick<Account, 'username' | 'name' | 'email'>): string =>
  `${account.username}\n${account.name}\n${account.email ?? ''}`.normalize('NFC').toLowerCase()

function listAccounts(database: Database, query: AccountQuery): { items: Account[]; next: string | null } {
  const conditions: string[] = []
  const values: SQLInputValue[] = []
  if (query.search !== undefined && query.search !== '') {
    conditions.push('instr(search_text, ?) > 0')
    values.push(query.search.normalize('NFC').toLowerCase())
  }
  if (query.username !== undefined) {
    conditions.push('username_key = ?')
    values.push(usernameKey(query.username))
  }
  if (query.status !== undefined) {
    conditions.push('status = ?')
    values.push(query.status)
  }
  if (query.after !== undefined) {
    conditions.push('username_key > (SELECT username_key FROM accounts WHERE sub = ?)')
    values.push(query.after)
  }
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
  const rows = database.sql
    .prepare(`SELECT ${columns} FROM accounts ${where} ORDER BY username_key LIMIT ?`)
    .all(...values, query.limit + 1)
  const items = rows.slice(0, query.limit).map((row) => toAccount(row) as Account)
  return { items, next: rows.length > query.limit ? (items.at(-1)?.sub ?? null) : null }
}

function toAccount(row: Record<string, unknown> | undefined): Account | undefined {
  if (row === undefined) return undefined
  return {
    sub: row['sub'],
    username: row['username'],
    name: row['name'],
    email: row['email'],
    locale: row['locale'],
    status: row['status'],
    photoSha256: row['photo_sha256'],
    hasPassword: row['has_password'] === 1,
    createdAt: row['created_at'],
    updatedAt: row['updated_at'],
    lastSignInAt: row['last_sign_in_at'],
  } as Account
}
