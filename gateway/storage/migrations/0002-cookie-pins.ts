import type { Migration } from '../../database/database.ts'

/** Which HttpOnly cookies a machine's origin has set: without it a restart forgets what no sibling may replace. */
export const migration0002: Migration = {
  name: '0002_cookie_pins',
  statements: [
    `CREATE TABLE access_cookie_pins (
      label TEXT NOT NULL REFERENCES access_origins (label),
      name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 256),
      organisation_id TEXT NOT NULL,
      digests TEXT NOT NULL CHECK (json_valid(digests)),
      PRIMARY KEY (label, name)
    ) STRICT, WITHOUT ROWID`,
  ],
}
