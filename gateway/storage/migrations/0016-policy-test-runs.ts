import type { Migration } from '../../database/database.ts'

/** A revision is kept as it is; that its tests ran once more stands beside it. */
export const migration0016: Migration = {
  name: '0016_policy_test_runs',
  statements: [
    `CREATE TABLE policy_test_runs (
      position INTEGER PRIMARY KEY AUTOINCREMENT,
      organisation_id TEXT NOT NULL,
      revision TEXT NOT NULL REFERENCES policy_revisions (revision),
      by_person TEXT NOT NULL REFERENCES persons (id),
      at INTEGER NOT NULL,
      results TEXT NOT NULL CHECK (json_valid(results)),
      tests_passed INTEGER NOT NULL,
      tests_failed INTEGER NOT NULL,
      coverage_percent REAL NOT NULL
    ) STRICT`,
    'CREATE INDEX policy_test_runs_by_revision ON policy_test_runs (revision, position)',
    `CREATE TRIGGER policy_test_run_kept_as_it_is BEFORE UPDATE ON policy_test_runs
      BEGIN SELECT raise(ABORT, 'Runs of tests are never changed.'); END`,
    `CREATE TRIGGER policy_test_run_kept BEFORE DELETE ON policy_test_runs
      BEGIN SELECT raise(ABORT, 'Runs of tests are never deleted.'); END`,
  ],
}
