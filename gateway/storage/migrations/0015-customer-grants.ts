import type { Migration } from '../../database/database.ts'

/** A request can be on the list of a customer's own administrators, and one that was answered is forgotten in time. */
export const migration0015: Migration = {
  name: '0015_customer_grants',
  statements: [
    `CREATE TABLE grant_requests_next (
      position INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE,
      organisation_id TEXT NOT NULL REFERENCES organisations (organisation_id),
      person_id TEXT NOT NULL REFERENCES persons (id),
      device_id TEXT REFERENCES devices (id),
      service TEXT,
      code TEXT,
      note TEXT NOT NULL,
      answered_by_role TEXT NOT NULL CHECK (answered_by_role IN ('service_administrator', 'security_team', 'customer_administrator')),
      answered_by_organisation TEXT REFERENCES organisations (organisation_id),
      state TEXT NOT NULL CHECK (state IN ('open', 'granted', 'declined', 'withdrawn')),
      asked_at INTEGER NOT NULL,
      answered_at INTEGER,
      answered_by TEXT REFERENCES persons (id),
      answer TEXT,
      CHECK ((device_id IS NULL) = (code IS NULL) AND (device_id IS NULL) = (service IS NULL)),
      CHECK ((answered_by_role = 'customer_administrator') = (answered_by_organisation IS NOT NULL)),
      CHECK ((state = 'open') = (answered_at IS NULL) AND (state = 'open') = (answer IS NULL))
    ) STRICT`,
    `INSERT INTO grant_requests_next
      SELECT position, id, organisation_id, person_id, device_id, service, code, note, answered_by_role, NULL, state, asked_at,
        answered_at, answered_by, answer FROM grant_requests`,
    'DROP TABLE grant_requests',
    'ALTER TABLE grant_requests_next RENAME TO grant_requests',
    `CREATE UNIQUE INDEX grant_requests_open_once
      ON grant_requests (person_id, coalesce(device_id, ''), coalesce(service, ''), coalesce(code, '')) WHERE state = 'open'`,
    'CREATE INDEX grant_requests_by_person ON grant_requests (person_id, asked_at)',
    'CREATE INDEX grant_requests_by_role ON grant_requests (state, answered_by_role, position)',
    'CREATE INDEX grant_requests_answered ON grant_requests (answered_at) WHERE answered_at IS NOT NULL',
  ],
}
