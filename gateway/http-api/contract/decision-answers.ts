import { z } from 'zod'
import { reasonCode } from '../../decisions/policy-reasons.ts'
import { denial, deviceId, page, pageOf, personId, sessionId, wanted } from './building-blocks.ts'
import { accessAction, instantMs, policyRevision, ruleAnswer } from './policy-explained.ts'
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

/** GET /api/v1/decisions/{id}/rules: what each rule of the revision that decided answered. */
export const decisionRules = z.object({
  revision: z.string(),
  rules: z
    .array(
      ruleAnswer.extend({
        place: z
          .object({ path: z.string(), line: z.number().int() })
          .nullable()
          .describe('In the files of the revision; null: the gateway holds it itself'),
      }),
    )
    .nullable()
    .describe('Those that the action needs; a message that may name somebody is empty. Null: see `kept`'),
  kept: z.boolean().describe('False: the revision is not kept here. True without rules: it does not explain itself'),
  same: z.boolean().describe('Asked again, the revision comes to the answer that was logged'),
})
export type DecisionRules = z.infer<typeof decisionRules>

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
/** Of an export: an instant before which nothing will be logged any more. The next export begins there, and has what this one could not have. */
export const nextFromHeader = 'sallyport-next-from'
/** All that fits, as lines of JSON. */
export const decisionExportQuery = z.strictObject(filter)
export const decisionPage = pageOf(decisionSummary).extend({
  searched_to_ms: instantMs
    .nullable()
    .describe('The page is not full, and everything newer than this was searched; `next` goes on. Null: it is full, or the last one'),
})
export type DecisionSummary = z.infer<typeof decisionSummary>
export type DecisionDetail = z.infer<typeof decisionDetail>
export type DecisionPage = z.infer<typeof decisionPage>
export type DecisionExportQuery = z.infer<typeof decisionExportQuery>
