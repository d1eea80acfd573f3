import type { Migration } from '../../database/database.ts'

/** The key that a person compared with the one at the machine, under the one-time password of then: another password begins anew. */
export const migration0007: Migration = {
  name: '0007_enrolment_codes',
  statements: [
    `CREATE TABLE enrolment_confirmations (
      device_id TEXT NOT NULL REFERENCES devices (id),
      organisation_id TEXT NOT NULL,
      password_hash TEXT NOT NULL,
      public_key_fingerprint TEXT NOT NULL,
      PRIMARY KEY (device_id, password_hash)
    ) STRICT, WITHOUT ROWID`,
  ],
}
