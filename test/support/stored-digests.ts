import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Everything durable but what reading alone writes: when somebody was seen last, and what policy was asked. */
const ownMemory = new Set(['sign_ins', 'pending_sign_ins', 'decisions', 'feed_positions'])

/** A digest of every row in the gateway's store and in the identity provider's accounts. */
export function stored(dataDir: string): Record<string, string> {
  const read = (file: string, wanted: (table: string) => boolean): [string, string][] => {
    const database = new DatabaseSync(join(dataDir, file), { readOnly: true })
    try {
      const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all() as { name: string }[]
      return tables
        .filter(({ name }) => wanted(name))
        .map(({ name }) => [
          `${file} ${name}`,
          createHash('sha256')
            .update(JSON.stringify(database.prepare(`SELECT * FROM "${name}"`).all()))
            .digest('hex'),
        ])
    } finally {
      database.close()
    }
  }
  return Object.fromEntries([
    ...read('gateway/gateway.sqlite', (table) => !ownMemory.has(table) && !table.startsWith('sqlite_')),
    ...read('idp/idp.sqlite', (table) => table.startsWith('account')),
  ])
}
