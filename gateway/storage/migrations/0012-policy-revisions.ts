import type { Migration } from '../../database/database.ts'

/** What a policy was, who looked at it, and which one decided since when. Nothing of it is ever changed or forgotten. */
export const migration0012: Migration = {
  name: '0012_policy_revisions',
  statements: [
    `CREATE TABLE policy_revisions (
      position INTEGER PRIMARY KEY AUTOINCREMENT,
      revision TEXT NOT NULL UNIQUE CHECK (revision GLOB 'sha256:*' AND length(revision) = 71),
      organisation_id TEXT NOT NULL REFERENCES organisations (organisation_id),
      parent TEXT,
      author TEXT REFERENCES persons (id),
      contributors TEXT NOT NULL CHECK (json_valid(contributors)),
      origin TEXT NOT NULL CHECK (origin IN ('draft', 'git', 'shipped', 'recovered')),
      comment TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      sources TEXT NOT NULL CHECK (json_valid(sources)),
      wasm BLOB NOT NULL,
      data TEXT NOT NULL CHECK (json_valid(data)),
      reasons TEXT NOT NULL CHECK (json_valid(reasons)),
      opa_version TEXT NOT NULL,
      results TEXT CHECK (results IS NULL OR json_valid(results)),
      tests_passed INTEGER NOT NULL,
      tests_failed INTEGER NOT NULL,
      coverage_percent REAL NOT NULL,
      signature TEXT NOT NULL,
      CHECK ((author IS NULL) = (origin IN ('shipped', 'recovered')))
    ) STRICT`,
    `CREATE TRIGGER policy_revision_kept_as_it_is BEFORE UPDATE ON policy_revisions
      BEGIN SELECT raise(ABORT, 'A policy revision never changes.'); END`,
    `CREATE TRIGGER policy_revision_kept BEFORE DELETE ON policy_revisions
      BEGIN SELECT raise(ABORT, 'Policy revisions are never deleted.'); END`,

    `CREATE TABLE policy_reviews (
      position INTEGER PRIMARY KEY AUTOINCREMENT,
      organisation_id TEXT NOT NULL,
      revision TEXT NOT NULL REFERENCES policy_revisions (revision),
      reviewer TEXT NOT NULL REFERENCES persons (id),
      verdict TEXT NOT NULL CHECK (verdict IN ('approved', 'rejected')),
      on_top_of TEXT,
      comment TEXT NOT NULL,
      at INTEGER NOT NULL
    ) STRICT`,
    'CREATE INDEX policy_reviews_by_revision ON policy_reviews (revision, position)',
    `CREATE TRIGGER policy_review_not_of_own BEFORE INSERT ON policy_reviews
      WHEN EXISTS (SELECT 1 FROM policy_revisions r WHERE r.revision = NEW.revision
        AND (r.author = NEW.reviewer OR NEW.reviewer IN (SELECT value FROM json_each(r.contributors))))
      BEGIN SELECT raise(ABORT, 'Nobody reviews what he wrote.'); END`,
    `CREATE TRIGGER policy_review_kept_as_it_is BEFORE UPDATE ON policy_reviews
      BEGIN SELECT raise(ABORT, 'Reviews are never changed.'); END`,
    `CREATE TRIGGER policy_review_kept BEFORE DELETE ON policy_reviews
      BEGIN SELECT raise(ABORT, 'Reviews are never deleted.'); END`,

    `CREATE TABLE policy_review_comments (
      position INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE,
      organisation_id TEXT NOT NULL,
      revision TEXT NOT NULL REFERENCES policy_revisions (revision),
      path TEXT NOT NULL,
      line INTEGER NOT NULL CHECK (line >= 1),
      author TEXT NOT NULL REFERENCES persons (id),
      text TEXT NOT NULL,
      at INTEGER NOT NULL
    ) STRICT`,
    'CREATE INDEX policy_review_comments_by_revision ON policy_review_comments (revision, path, line, position)',

    `CREATE TABLE policy_activations (
      sequence INTEGER PRIMARY KEY CHECK (sequence >= 1),
      organisation_id TEXT NOT NULL,
      revision TEXT NOT NULL REFERENCES policy_revisions (revision),
      previous TEXT,
      kind TEXT NOT NULL CHECK (kind IN ('first', 'activate', 'roll_back', 'recover', 'release')),
      by_person TEXT REFERENCES persons (id),
      approved_by TEXT REFERENCES persons (id),
      comment TEXT NOT NULL,
      at INTEGER NOT NULL,
      impact TEXT CHECK (impact IS NULL OR json_valid(impact)),
      signature TEXT NOT NULL
    ) STRICT`,
    'CREATE INDEX policy_activations_by_revision ON policy_activations (revision, sequence)',
    `CREATE TRIGGER policy_activation_kept_as_it_is BEFORE UPDATE ON policy_activations
      BEGIN SELECT raise(ABORT, 'Activations are never changed.'); END`,
    `CREATE TRIGGER policy_activation_kept BEFORE DELETE ON policy_activations
      BEGIN SELECT raise(ABORT, 'Activations are never deleted.'); END`,
    `CREATE TRIGGER policy_activation_forward_only BEFORE INSERT ON policy_activations
      WHEN NEW.sequence <= (SELECT coalesce(max(sequence), 0) FROM policy_activations)
      BEGIN SELECT raise(ABORT, 'Activations are numbered upwards.'); END`,

    // Steps that one person asked for and another one has to ask for as well.
    `CREATE TABLE policy_waiting_steps (
      what TEXT PRIMARY KEY CHECK (what IN ('roll_back', 'settings')),
      organisation_id TEXT NOT NULL,
      by_person TEXT NOT NULL REFERENCES persons (id),
      step TEXT NOT NULL CHECK (json_valid(step)),
      comment TEXT NOT NULL,
      at INTEGER NOT NULL,
      expires_at INTEGER NOT NULL
    ) STRICT`,

    `CREATE TABLE policy_recovery_keys (
      person_id TEXT PRIMARY KEY REFERENCES persons (id),
      organisation_id TEXT NOT NULL,
      public_key TEXT NOT NULL,
      fingerprint TEXT NOT NULL UNIQUE,
      registered_at INTEGER NOT NULL
    ) STRICT`,
  ],
}
