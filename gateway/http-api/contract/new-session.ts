import { z } from 'zod'
import { callId, deviceId, plainText, serviceName } from './building-blocks.ts'

/** POST /api/v1/sessions: asks the operator at the machine. 201 with the session; 403 `denied_by_policy` with every denial; 409 `machine_offline`, `machine_busy`, `help_over`, `not_now`, `not_today`. */
export const newSession = z.strictObject({
  machine: deviceId,
  services: z.array(serviceName).min(1).max(16),
  purpose: plainText(500, 3).describe('The operator reads it'),
  ticket: plainText(64).nullable().default(null),
  help: callId.nullable().default(null).describe('The call for help that it answers'),
  duration_s: z
    .number()
    .int()
    .min(60)
    .max(24 * 3600),
})
export type NewSession = z.input<typeof newSession>
