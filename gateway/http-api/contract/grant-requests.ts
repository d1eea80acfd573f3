import { z } from 'zod'
import { deviceId, instant, page, pageOf, personId, plainText, serviceName } from './building-blocks.ts'

/** What somebody asks for from those who can grant it: to remove one reason against one service, or rights in general. */
export const grantRequest = z.object({
  id: z.string().describe('Id of a request'),
  person: z.object({ id: personId, name: z.string() }),
  machine: z
    .object({ id: deviceId, name: z.string(), site: z.string() })
    .nullable()
    .describe('Name and site only for whoever may see it; null: it is about rights in general'),
  service: serviceName.nullable(),
  code: z.string().nullable().describe('The reason: its text is in GET /api/v1/policy/reasons'),
  note: z.string(),
  answered_by_role: z.string().describe('Whose list it is on'),
  state: z.enum(['open', 'granted', 'declined', 'withdrawn']),
  asked_at: instant,
  answered_at: instant.nullable(),
  answered_by: z.string().nullable().describe('Name; null while it is open, and where the reason against it is gone'),
  answer: z.string().nullable(),
  mine: z.boolean(),
  can_answer: z.boolean(),
})
export type GrantRequestAnswer = z.infer<typeof grantRequest>

export const grantRequestId = z.string().regex(/^gnt_[0-9a-f]{32}$/, 'must be the id of a request: "gnt_" and 32 of 0-9, a-f')

export const newGrantRequest = z.strictObject({
  about: z
    .strictObject({
      machine: deviceId,
      service: serviceName,
      code: z.string().regex(/^[a-z][a-z0-9_]{1,63}$/, 'must be the code of a reason'),
    })
    .nullable()
    .describe('What stands against it; null: rights in general, in the words of the note'),
  note: plainText(1000, 0).default(''),
})
export type NewGrantRequest = z.infer<typeof newGrantRequest>

export const grantRequestQuery = page.extend({
  mine: z.enum(['true', 'false']).default('false').describe('What I asked for; else what is on my list'),
  open: z.enum(['true', 'false']).optional(),
})

export const grantRequestPage = pageOf(grantRequest).extend({
  open: z.number().int().describe('How many of my list are open, for a number beside its name'),
})
export type GrantRequestPage = z.infer<typeof grantRequestPage>

export const grantAnswer = z.strictObject({
  verdict: z.enum(['granted', 'declined']).describe('`granted` only for rights in general; anything else is granted where it is kept'),
  text: plainText(1000, 0).default('').describe('What the person reads'),
})
export type GrantAnswer = z.infer<typeof grantAnswer>
