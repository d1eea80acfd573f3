import { z } from 'zod'
import { denial, deviceId, page, pageOf, personId, sessionId, wanted } from './building-blocks.ts'

/** What is answered about decisions, and how they are asked for. */
export const decisionSummary = z.object({
  id: z.string(),
  time_ms: z.number().int(),
  action: z.string(),
  person: z.object({ id: personId, name: z.string() }),
  device: z.object({ id: deviceId, name: z.string() }),
  service: z.string().nullable(),
  session: z.string().nullable(),
  allow: z.boolean(),
  denials: z.array(denial),
})
export const decisionDetail = decisionSummary.extend({
  revision: z.string(),
  duration_us: z.number(),
  input: z.unknown(),
  result: z.unknown(),
})
/** GET /api/v1/decisions, /api/v1/decisions/{id}: roles `security_team`, `auditor`, `service_administrator`. */
export const decisionQuery = page.extend({
  person: personId.optional(),
  device: deviceId.optional(),
  session: sessionId.optional(),
  action: wanted(32).optional(),
  allow: z.enum(['true', 'false']).optional(),
})
export const decisionPage = pageOf(decisionSummary)
export type DecisionSummary = z.infer<typeof decisionSummary>
export type DecisionDetail = z.infer<typeof decisionDetail>
export type DecisionPage = z.infer<typeof decisionPage>
