import { z } from 'zod'
import { reasonCode } from '../../decisions/policy-reasons.ts'
import { denial, deviceId, page, pageOf, personId, sessionId, wanted } from './building-blocks.ts'
import { accessAction, instantMs, policyRevision } from './policy-explained.ts'
import { policyReasons } from './policy-reasons.ts'

/** What is answered about decisions, and how they are asked for. */
export const decisionSummary = z.object({
  id: z.string(),
  time_ms: z.number().int(),
  action: z.string(),
  person: z.object({ id: personId, name: z.string().nullable().describe('Null: hidden, see `personal`') }),
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
  masked: z.array(z.string()).describe('JSON pointers (RFC 6901) to what is hidden, below `/input` and `/result`'),
  reasons: policyReasons.shape.reasons.nullable().describe('Texts of the revision that decided; null: it is not kept here'),
})

const personal = z
  .enum(['hidden', 'shown'])
  .default('hidden')
  .describe('`shown`: with names, purpose, ticket and address. Who asked for that is recorded.')
export const decisionPersonal = z.strictObject({ personal })

const filter = {
  person: personId.optional(),
  device: deviceId.optional(),
  session: sessionId.optional(),
  action: accessAction.optional(),
  allow: z.enum(['true', 'false']).optional(),
  code: reasonCode.optional().describe('Decisions with this reason among those against'),
  revision: policyRevision.optional(),
  from_ms: z.coerce.number().pipe(instantMs).optional(),
  until_ms: z.coerce.number().pipe(instantMs).optional().describe('Before this instant'),
  search: wanted(100)
    .transform((text) => text.trim())
    .optional()
    .describe('Within name or user name of the person, or name, id, site or model of the machine'),
  personal,
}
/** GET /api/v1/decisions, /api/v1/decisions/{id}, /api/v1/decisions/export: roles `security_team`, `auditor`, `service_administrator`. */
export const decisionQuery = page.extend(filter)
/** All that fits, as lines of JSON. */
export const decisionExportQuery = z.strictObject(filter)
export const decisionPage = pageOf(decisionSummary)
export type DecisionSummary = z.infer<typeof decisionSummary>
export type DecisionDetail = z.infer<typeof decisionDetail>
export type DecisionPage = z.infer<typeof decisionPage>
export type DecisionExportQuery = z.infer<typeof decisionExportQuery>
