import type { Migration } from '../../database/database.ts'

/** What people ask for from those who can grant it. Of the same thing one request is open at a time. */
export const migration0013: Migration = {
  name: '0013_grant_requests',
  statements: [
    `CREATE TABLE grant_requests (
      position INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE,
      organisation_id TEXT NOT NULL REFERENCES organisations (organisation_id),
      person_id TEXT NOT NULL REFERENCES persons (id),
      device_id TEXT REFERENCES devices (id),
      service TEXT,
      code TEXT,
      note TEXT NOT NULL,
      answered_by_role TEXT NOT NULL CHECK (answered_by_role IN ('service_administrator', 'security_team')),
      state TEXT NOT NULL CHECK (state IN ('open', 'granted', 'declined', 'withdrawn')),
      asked_at INTEGER NOT NULL,
      answered_at INTEGER,
      answered_by TEXT REFERENCES persons (id),
      answer TEXT,
      CHECK ((device_id IS NULL) = (code IS NULL) AND (device_id IS NULL) = (service IS NULL)),
      CHECK ((state = 'open') = (answered_at IS NULL) AND (state = 'open') = (answer IS NULL))
    ) STRICT`,
    `CREATE UNIQUE INDEX grant_requests_open_once
      ON grant_requests (person_id, coalesce(device_id, ''), coalesce(service, ''), coalesce(code, '')) WHERE state = 'open'`,
    'CREATE INDEX grant_requests_by_person ON grant_requests (person_id, asked_at)',
    'CREATE INDEX grant_requests_by_role ON grant_requests (state, answered_by_role, position)',
  ],
}
