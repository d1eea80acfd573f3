import { z } from 'zod'

/** Everything of the API's contract is here as zod schemas: routes validate by it, OpenAPI 3.1 is generated from it, pages import its types. Every instant is Unix seconds. */
export const instant = z.number().int().nonnegative().describe('Unix seconds')
/** An instant that somebody chooses: past the year 9999 no calendar shows it. */
export const chosenInstant = instant.max(253_402_300_799)
export const organisationId = z
  .string()
  .regex(/^org_[0-9a-f]{32}$/, 'must be the id of an organisation: "org_" and 32 of 0-9, a-f')
  .describe('Id of an organisation')
export const personId = z
  .string()
  .regex(/^per_[0-9a-f]{32}$/, 'must be the id of a person: "per_" and 32 of 0-9, a-f')
  .describe('Id of a person')
export const deviceId = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?$/,
    'lower-case letters, digits, "." and "-", at most 63, begins and ends with a letter or digit',
  )
  .refine((id) => !id.includes('..'), 'no two dots in a row')
  .describe('Id of a device')
export const sessionId = z
  .string()
  .regex(/^ses_[0-9a-f]{32}$/, 'must be the id of a session: "ses_" and 32 of 0-9, a-f')
  .describe('Id of a session')
export const callId = z
  .string()
  .regex(/^hlp_[0-9a-f]{32}$/, 'must be the id of a call for help: "hlp_" and 32 of 0-9, a-f')
  .describe('Id of a call for help')
export const decisionId = z
  .string()
  .regex(/^dec_[0-9a-f]{32}$/, 'must be the id of a decision: "dec_" and 32 of 0-9, a-f')
  .describe('Id of a decision')
export const serviceName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, 'begins with a lower-case letter, then lower-case letters, digits and "-", at most 32')
  .describe('Name of a service in the agent’s table')
export const regionName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'lower-case letters, digits and "-", at most 32')
export const code = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,63}$/, 'begins with a lower-case letter, then lower-case letters, digits, "_" and "-", at most 64')
/** What is searched for, or compared with: any text that can be in the store. */
export const wanted = (max: number) =>
  z
    .string()
    .max(max)
    .refine((text) => text.isWellFormed() && !text.includes('\0'), 'no NUL character')

/** Text for people: no control characters, no direction overrides (they can make a name read as another one), no lone surrogates. */
export const plainText = (max: number, min = 1) =>
  z
    .string()
    .trim()
    .min(min, min === 1 ? 'must not be empty' : `needs ${min} characters at least`)
    .max(max, `has more than ${max} characters`)
    .refine(
      (text) => text.isWellFormed() && !/[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(text),
      'no control or direction characters',
    )

/** Where a list goes on. */
export const cursor = z
  .string()
  .max(1024)
  .regex(/^[\w-]+$/, 'must be the cursor `next` of the page before')

/** Members that nobody knows are refused, here and in bodies: a filter with a slip of the pen would show everything. */
export const page = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  after: cursor.optional(),
})

export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), next: z.string().nullable().describe('Cursor for `after`, or null at the end') })

export const denial = z.object({
  code: z.string().describe('Its text, and who can remove it: GET /api/v1/policy/reasons'),
  message: z.string().describe('What the rule itself says, in English'),
  until: instant.optional().describe('Waiting until then removes it'),
})

/** RFC 9457 problem details; `code` is stable, `title` may be shown, `problems` names each bad field. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.string(),
  id: z.string().describe('What support can find in the log'),
  problems: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  denials: z.array(denial).optional().describe('Everything that stands against it, when policy refused'),
  missing: z.array(z.string()).optional(),
  current: z.unknown().optional().describe('Of `stale_version`: what is there now, where a whole file of a draft was written'),
  denied_percent: z.number().optional().describe('Of `denies_more`: what to confirm'),
})
export type Problem = z.infer<typeof problem>

/** For pages that hold a form against the schema of its request. */
export type ApiSchema = z.ZodType
export type ApiIssue = z.core.$ZodIssue
