import type { Migration } from '../../database/database.ts'

/** How the customer lets the pages of each service be recorded: JSON, a mode by its name; null is none that was set. */
export const migration0010: Migration = {
  name: '0010_recording',
  statements: ['ALTER TABLE devices ADD COLUMN recording TEXT CHECK (recording IS NULL OR json_valid(recording))'],
}
