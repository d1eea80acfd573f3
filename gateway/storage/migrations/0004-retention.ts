import type { Migration } from '../../database/database.ts'

/** A decision may be forgotten once it is old; what is younger than 30 days, by the database's own clock, nobody deletes. */
export const migration0004: Migration = {
  name: '0004_retention',
  statements: [
    'DROP TRIGGER decision_kept',
    `CREATE TRIGGER decision_kept BEFORE DELETE ON decisions WHEN OLD.evaluated_at > (unixepoch() - 30 * 86400) * 1000
      BEGIN SELECT raise(ABORT, 'Decisions are kept for 30 days at least.'); END`,
    'CREATE INDEX access_cookies_by_label ON access_cookies (label, created_at)',
  ],
}
