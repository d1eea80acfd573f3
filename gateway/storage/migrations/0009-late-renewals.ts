import type { Migration } from '../../database/database.ts'

/** The last that was decided about a device whose certificate had ended; what was before it is in the events. */
export const migration0009: Migration = {
  name: '0009_late_renewals',
  statements: [
    `CREATE TABLE late_renewals (
      device_id TEXT PRIMARY KEY REFERENCES devices (id),
      organisation_id TEXT NOT NULL,
      certificate TEXT NOT NULL,
      public_key_fingerprint TEXT NOT NULL,
      standing TEXT NOT NULL CHECK (standing IN ('confirmed', 'refused', 'renewed')),
      by_person INTEGER NOT NULL,
      ended_at INTEGER NOT NULL,
      decided_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID`,
  ],
}
