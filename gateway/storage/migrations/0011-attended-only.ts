import type { Migration } from '../../database/database.ts'

/** Services that the customer lets nobody enter without a press at the machine: JSON, a list of names; null is none. */
export const migration0011: Migration = {
  name: '0011_attended_only',
  statements: ['ALTER TABLE devices ADD COLUMN attended_only TEXT CHECK (attended_only IS NULL OR json_valid(attended_only))'],
}
