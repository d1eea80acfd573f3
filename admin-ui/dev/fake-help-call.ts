import type { HelpCall } from '../../gateway/http-api/contract/machines.ts'
import { nowS } from './fake-data.ts'

export const helpCallOf = (members: Partial<HelpCall> = {}): HelpCall => ({
  id: `hlp_${'1'.repeat(32)}`,
  what: 'The feeder stops after every third sheet, and the display says E 41.',
  ticket: 'INC-4711',
  services: [{ name: 'hmi', title: 'Web interface' }],
  by: 'Olga Petrova',
  called_at: nowS() - 240,
  lets_in_until: null,
  ...members,
})
