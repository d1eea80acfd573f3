import type { Migration } from '../../database/database.ts'

/** The command line signs in through a browser that is signed in already, and holds a token of its own. */
export const migration0003: Migration = {
  name: '0003_command_line',
  statements: [
    `ALTER TABLE sign_ins ADD COLUMN client TEXT NOT NULL DEFAULT 'browser' CHECK (client IN ('browser', 'command_line'))`,
    `CREATE TABLE command_line_grants (
      code_hash TEXT PRIMARY KEY CHECK (length(code_hash) = 64),
      organisation_id TEXT NOT NULL,
      sign_in TEXT NOT NULL REFERENCES sign_ins (token_hash) ON DELETE CASCADE,
      code_challenge TEXT NOT NULL,
      expires_at INTEGER NOT NULL
    ) STRICT`,
    'CREATE INDEX command_line_grants_by_end ON command_line_grants (expires_at)',
    'CREATE INDEX command_line_grants_by_sign_in ON command_line_grants (sign_in)',
  ],
}
