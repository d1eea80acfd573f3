import type { Migration } from '../../database/database.ts'

/**
 * Drafts of the policy, kept as people type. They decide nothing; a revision is made from one when it is submitted. Who ever wrote in a draft stays
 * with it, since nobody reviews what he wrote.
 */
export const migration0014: Migration = {
  name: '0014_policy_drafts',
  statements: [
    `CREATE TABLE policy_drafts (
      id TEXT PRIMARY KEY CHECK (id GLOB 'drf_*' AND length(id) = 36),
      organisation_id TEXT NOT NULL REFERENCES organisations (organisation_id),
      name TEXT NOT NULL,
      base TEXT REFERENCES policy_revisions (revision),
      created_by TEXT NOT NULL REFERENCES persons (id),
      created_at INTEGER NOT NULL,
      changed_by TEXT NOT NULL REFERENCES persons (id),
      changed_at INTEGER NOT NULL,
      version INTEGER NOT NULL CHECK (version > 0)
    ) STRICT`,
    `CREATE TABLE policy_draft_files (
      draft_id TEXT NOT NULL REFERENCES policy_drafts (id) ON DELETE CASCADE,
      organisation_id TEXT NOT NULL REFERENCES organisations (organisation_id),
      path TEXT NOT NULL,
      version INTEGER NOT NULL CHECK (version > 0),
      bytes INTEGER NOT NULL CHECK (bytes >= 0),
      edited_by TEXT NOT NULL REFERENCES persons (id),
      edited_at INTEGER NOT NULL,
      text TEXT NOT NULL,
      PRIMARY KEY (draft_id, path)
    ) STRICT`,
    `CREATE TABLE policy_draft_writers (
      draft_id TEXT NOT NULL REFERENCES policy_drafts (id) ON DELETE CASCADE,
      organisation_id TEXT NOT NULL REFERENCES organisations (organisation_id),
      person_id TEXT NOT NULL REFERENCES persons (id),
      PRIMARY KEY (draft_id, person_id)
    ) STRICT`,
  ],
}
