import { sql } from 'kysely'
import type { PersonId } from '../basics/ids.ts'
import type { CommandLineGrant, PendingSignIn, SignIn, SignInStore } from '../sign-in/sign-in-store.ts'
import { exists, unknown } from './refusals.ts'
import type { CommandLineGrantRow, PendingSignInRow, SignInRow } from './schema.ts'
import { change, installationOwner } from './storage-context.ts'
import type { StorageContext } from './storage-context.ts'

/** Places where one person is signed in; of more the oldest is signed out. */
export const mostSignIns = 100

export function createSqlSignInStore(context: StorageContext): SignInStore {
  const { read } = context.database
  return {
    async insert(signIn, events) {
      const query = read
        .insertInto('sign_ins')
        .values((eb) => ({
          ...rowOf(signIn),
          organisation_id: eb.selectFrom('persons').select('organisation_id').where('id', '=', signIn.personId),
        }))
        .compile()
      const newest = read
        .selectFrom('sign_ins')
        .select('token_hash')
        .where('person_id', '=', signIn.personId)
        .orderBy('created_at', 'desc')
        .orderBy(sql`rowid`, 'desc')
        .limit(mostSignIns)
      const older = read.deleteFrom('sign_ins').where('person_id', '=', signIn.personId).where('token_hash', 'not in', newest).compile()
      await change(context, [{ query, unique: exists('sign_in'), missing: unknown('person') }, { query: older }], events)
    },

    async find(tokenHash) {
      const row = await read.selectFrom('sign_ins').selectAll().where('token_hash', '=', tokenHash).executeTakeFirst()
      return row && signInOf(row)
    },

    async touch(tokenHash, lastSeenAt) {
      const query = read.updateTable('sign_ins').set({ last_seen_at: lastSeenAt }).where('token_hash', '=', tokenHash).compile()
      await change(context, [{ query }])
    },

    async handOver(previous, next) {
      await change(context, [
        { query: read.updateTable('access_codes').set({ sign_in: next }).where('sign_in', '=', previous).compile() },
        { query: read.updateTable('access_cookies').set({ sign_in: next }).where('sign_in', '=', previous).compile() },
      ])
    },

    async delete(tokenHash, events) {
      await change(context, [{ query: read.deleteFrom('sign_ins').where('token_hash', '=', tokenHash).compile() }], events)
    },

    async deleteOfPerson(personId, { authenticatedUntil, providerSession } = {}) {
      let query = read.deleteFrom('sign_ins').where('person_id', '=', personId)
      if (authenticatedUntil !== undefined) query = query.where('authenticated_at', '<=', authenticatedUntil)
      if (providerSession !== undefined) query = query.where('provider_session', '=', providerSession)
      const [result] = await change(context, [{ query: query.compile() }])
      return result?.changes ?? 0
    },

    async isAnywhere(personId, now, seenAfter) {
      const query = read.selectFrom('sign_ins').select('token_hash').where('person_id', '=', personId).where('expires_at', '>', now)
      return (await query.where('last_seen_at', '>', seenAfter).limit(1).executeTakeFirst()) !== undefined
    },

    async deleteExpired(now) {
      await change(context, [
        { query: read.deleteFrom('sign_ins').where('expires_at', '<=', now).compile() },
        { query: read.deleteFrom('pending_sign_ins').where('expires_at', '<=', now).compile() },
        { query: read.deleteFrom('command_line_grants').where('expires_at', '<=', now).compile() },
      ])
    },

    async insertPending(pending) {
      const query = read.insertInto('pending_sign_ins').values(pendingRowOf(pending)).compile()
      await change(context, [{ query, unique: exists('sign_in') }])
    },

    async takePending(tokenHash) {
      const query = read.deleteFrom('pending_sign_ins').where('token_hash', '=', tokenHash).returningAll().compile()
      const [result] = await change(context, [{ query }])
      const row = result?.rows[0] as PendingSignInRow | undefined
      return row && pendingOf(row)
    },

    async insertGrant(grant) {
      const query = read
        .insertInto('command_line_grants')
        .values((eb) => ({
          code_hash: grant.codeHash,
          organisation_id: eb.selectFrom('sign_ins').select('organisation_id').where('token_hash', '=', grant.signIn),
          sign_in: grant.signIn,
          code_challenge: grant.codeChallenge,
          expires_at: grant.expiresAt,
        }))
        .compile()
      await change(context, [{ query, unique: exists('command_line_grant'), missing: unknown('sign_in') }])
    },

    async takeGrant(codeHash) {
      const query = read.deleteFrom('command_line_grants').where('code_hash', '=', codeHash).returningAll().compile()
      const [result] = await change(context, [{ query }])
      const row = result?.rows[0] as CommandLineGrantRow | undefined
      return row && grantOf(row)
    },
  }
}

function rowOf(signIn: SignIn): Omit<SignInRow, 'organisation_id'> {
  return {
    token_hash: signIn.tokenHash,
    client: signIn.client,
    person_id: signIn.personId,
    created_at: signIn.createdAt,
    expires_at: signIn.expiresAt,
    last_seen_at: signIn.lastSeenAt,
    authenticated_at: signIn.authenticatedAt,
    methods: JSON.stringify(signIn.methods),
    id_token: signIn.idToken,
    provider_session: signIn.providerSession,
    address: signIn.address,
  }
}

function signInOf(row: SignInRow): SignIn {
  return {
    tokenHash: row.token_hash,
    client: row.client,
    personId: row.person_id as PersonId,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastSeenAt: row.last_seen_at,
    authenticatedAt: row.authenticated_at,
    methods: JSON.parse(row.methods) as string[],
    idToken: row.id_token,
    providerSession: row.provider_session,
    address: row.address,
  }
}

const grantOf = (row: CommandLineGrantRow): CommandLineGrant => ({
  codeHash: row.code_hash,
  signIn: row.sign_in,
  codeChallenge: row.code_challenge,
  expiresAt: row.expires_at,
})

function pendingRowOf(pending: PendingSignIn): PendingSignInRow {
  return {
    token_hash: pending.tokenHash,
    organisation_id: installationOwner,
    state: pending.state,
    nonce: pending.nonce,
    code_verifier: pending.codeVerifier,
    return_to: pending.returnTo,
    expires_at: pending.expiresAt,
  }
}

function pendingOf(row: PendingSignInRow): PendingSignIn {
  return {
    tokenHash: row.token_hash,
    state: row.state,
    nonce: row.nonce,
    codeVerifier: row.code_verifier,
    returnTo: row.return_to,
    expiresAt: row.expires_at,
  }
}
