import type { Migration } from '../../database/database.ts'

/** When remote service as a whole was switched off at a machine, which is silent from then on. */
export const migration0006: Migration = {
  name: '0006_remote_service',
  statements: ['ALTER TABLE devices ADD COLUMN remote_off_at INTEGER'],
}
