import type { ProviderKeyStore } from '../keys/provider-keys.ts'
import type { Database } from './open-database.ts'

export function createSqlKeyStore(database: Database): ProviderKeyStore {
  const { sql } = database
  return {
    list: async (kind) =>
      sql
        .prepare('SELECT id, value, created_at FROM provider_keys WHERE kind = ? ORDER BY position')
        .all(kind)
        .map((row) => ({ id: String(row['id']), value: String(row['value']), createdAt: Number(row['created_at']) })),
    replace: async (kind, keys) =>
      database.transaction(() => {
        sql.prepare('DELETE FROM provider_keys WHERE kind = ?').run(kind)
        const insert = sql.prepare('INSERT INTO provider_keys (id, kind, position, value, created_at) VALUES (?, ?, ?, ?, ?)')
        keys.forEach((key, position) => insert.run(key.id, kind, position, key.value, key.createdAt))
      }),
  }
}
