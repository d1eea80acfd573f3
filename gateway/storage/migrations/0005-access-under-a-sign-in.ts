import type { Migration } from '../../database/database.ts'

/** A browser is let into a machine under the sign-in that opened it there, and no longer. Who was in before opens the machine again from the portal. */
export const migration0005: Migration = {
  name: '0005_access_under_a_sign_in',
  statements: [
    `ALTER TABLE access_codes ADD COLUMN sign_in TEXT NOT NULL DEFAULT ''`,
    `ALTER TABLE access_cookies ADD COLUMN sign_in TEXT NOT NULL DEFAULT ''`,
    'CREATE INDEX access_cookies_by_sign_in ON access_cookies (sign_in)',
  ],
}
