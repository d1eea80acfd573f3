import type { OrganisationId, PersonId } from '../basics/ids.ts'
import type { RecoveryKeyStore } from '../policies-admin/recovery/recovery-keys.ts'
import { exists } from './refusals.ts'
import { change } from './storage-context.ts'
import type { StorageContext } from './storage-context.ts'

export function createSqlRecoveryKeys(context: StorageContext): RecoveryKeyStore {
  const { read } = context.database
  return {
    async put({ personId, organisationId, publicKeyPem, fingerprint, registeredAt }, events) {
      const row = { organisation_id: organisationId, public_key: publicKeyPem, fingerprint, registered_at: registeredAt }
      const query = read
        .insertInto('policy_recovery_keys')
        .values({ person_id: personId, ...row })
        .onConflict((conflict) => conflict.column('person_id').doUpdateSet(row))
        .compile()
      await change(context, [{ query, unique: exists('recovery_key') }], events)
    },

    async list() {
      const rows = await read.selectFrom('policy_recovery_keys').selectAll().orderBy('registered_at').execute()
      return rows.map((row) => ({
        personId: row.person_id as PersonId,
        organisationId: row.organisation_id as OrganisationId,
        publicKeyPem: row.public_key,
        fingerprint: row.fingerprint,
        registeredAt: row.registered_at,
      }))
    },
  }
}
