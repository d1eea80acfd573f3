import { sql } from 'kysely'
import type { ServiceName, SessionId } from '../basics/ids.ts'
import type { WriteStatement } from '../database/database.ts'
import type { AccessOrigin, AccessOrigins, CookiePin } from '../proxy/ports.ts'
import { exists, unknown } from './refusals.ts'
import type { Schema } from './schema.ts'
import { change } from './storage-context.ts'
import type { StorageContext } from './storage-context.ts'

/** Browsers that one origin knows; of more the one that entered first is forgotten, and asks for a new way in. */
export const mostCookies = 100

export function createSqlAccessOrigins(context: StorageContext): AccessOrigins {
  const { read } = context.database
  return {
    async create({ label, sessionId, service, createdAt }) {
      const query = read
        .insertInto('access_origins')
        .values((eb) => ({
          label,
          organisation_id: eb.selectFrom('sessions').select('organisation_id').where('id', '=', sessionId),
          session_id: sessionId,
          service,
          created_at: createdAt,
        }))
        .compile()
      await change(context, [{ query, unique: exists('access_origin'), missing: unknown('session') }])
    },

    async find(label) {
      const row = await read.selectFrom('access_origins').selectAll().where('label', '=', label).executeTakeFirst()
      return row && originOf(row)
    },

    async findFor(sessionId, service) {
      const query = read.selectFrom('access_origins').selectAll().where('session_id', '=', sessionId).where('service', '=', service)
      const row = await query.executeTakeFirst()
      return row && originOf(row)
    },

    async addCode({ hash, label, signIn, expiresAt }) {
      const query = read
        .insertInto('access_codes')
        .values((eb) => ({
          hash,
          organisation_id: eb.selectFrom('access_origins').select('organisation_id').where('label', '=', label),
          label,
          sign_in: signIn,
          expires_at: expiresAt,
        }))
        .compile()
      await change(context, [{ query, unique: exists('access_code'), missing: unknown('origin') }])
    },

    async redeemCode(hash, now) {
      const redeem = read
        .deleteFrom('access_codes')
        .where('hash', '=', hash)
        .where('expires_at', '>', now)
        .returning(['label', 'sign_in'])
        .compile()
      const expired = read.deleteFrom('access_codes').where('expires_at', '<=', now).compile()
      const [redeemed] = await change(context, [{ query: redeem }, { query: expired }])
      const row = redeemed?.rows[0] as { readonly label: string; readonly sign_in: string } | undefined
      return row && { label: row.label, signIn: row.sign_in }
    },

    async addCookie({ hash, label, signIn, createdAt }) {
      const query = read
        .insertInto('access_cookies')
        .values((eb) => ({
          hash,
          organisation_id: eb.selectFrom('access_origins').select('organisation_id').where('label', '=', label),
          label,
          sign_in: signIn,
          created_at: createdAt,
        }))
        .compile()
      const newest = read
        .selectFrom('access_cookies')
        .select('hash')
        .where('label', '=', label)
        .orderBy('created_at', 'desc')
        .orderBy(sql`rowid`, 'desc')
        .limit(mostCookies)
      const older = read.deleteFrom('access_cookies').where('label', '=', label).where('hash', 'not in', newest).compile()
      await change(context, [{ query, unique: exists('access_cookie'), missing: unknown('origin') }, { query: older }])
    },

    async findCookie(hash) {
      const row = await read.selectFrom('access_cookies').select(['label', 'sign_in']).where('hash', '=', hash).executeTakeFirst()
      return row && { label: row.label, signIn: row.sign_in }
    },

    async cookiePins(label) {
      const rows = await read.selectFrom('access_cookie_pins').selectAll().where('label', '=', label).orderBy('name').execute()
      return rows.map(({ name, digests }) => ({ name, digests: JSON.parse(digests) as string[] }))
    },

    async pinCookies(label, pins) {
      await change(
        context,
        pins.map((pin) => pinStatement(context, label, pin)),
      )
    },
  }
}

function pinStatement({ database: { read } }: StorageContext, label: string, { name, digests }: CookiePin): WriteStatement {
  if (digests.length === 0)
    return { query: read.deleteFrom('access_cookie_pins').where('label', '=', label).where('name', '=', name).compile() }
  const query = read
    .insertInto('access_cookie_pins')
    .values((eb) => ({
      label,
      name,
      organisation_id: eb.selectFrom('access_origins').select('organisation_id').where('label', '=', label),
      digests: JSON.stringify(digests),
    }))
    .onConflict((conflict) => conflict.columns(['label', 'name']).doUpdateSet((eb) => ({ digests: eb.ref('excluded.digests') })))
    .compile()
  return { query, missing: unknown('origin') }
}

function originOf(row: Schema['access_origins']): AccessOrigin {
  return { label: row.label, sessionId: row.session_id as SessionId, service: row.service as ServiceName, createdAt: row.created_at }
}
