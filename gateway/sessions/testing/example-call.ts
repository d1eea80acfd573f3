import type { HelpCall } from '../../../agent/wire/help-call.ts'
import { systemRandom } from '../../basics/random.ts'

/** A call for help as an honest agent tells it. */
export const exampleCall = (nowMs: number, change: Partial<HelpCall>): HelpCall => ({
  id: `hlp_${systemRandom.hex(16)}`,
  what: 'The feeder stops',
  ticket: null,
  services: ['hmi'],
  by: 'Olga',
  called_at: nowMs,
  lets_in_until: null,
  ...change,
})
