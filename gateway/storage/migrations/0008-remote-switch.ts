import type { Migration } from '../../database/database.ts'

/** The customer's switch at the gateway for remote service of a machine as a whole: 0 is off, 1 and null are on. */
export const migration0008: Migration = {
  name: '0008_remote_switch',
  statements: ['ALTER TABLE devices ADD COLUMN remote_allowed INTEGER'],
}
