import { z } from 'zod'

/**
 * What the policy sees (design.md, section 5). Every instant is an integer of Unix seconds; only `time.utc` is text.
 * Every member is always there: what does not exist is null, so that a policy never guesses.
 */
export const accessActions = ['view', 'request', 'open', 'use', 'extend', 'transfer', 'watch_recording', 'export'] as const
export type AccessAction = (typeof accessActions)[number]
export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const

const instant = z.int().min(0)
const text = z.string().max(4096)
const name = z.string().min(1).max(256)
/** Stands in the messages of denials, which are bounded. */
const label = z.string().max(256)

export const decisionTimeSchema = z.strictObject({
  unix: instant.describe('Now, in Unix seconds. What looks at it adds the next instant to `changes_at`'),
  utc: z.string().max(40).describe('The same as text (RFC 3339, seconds, `Z`), to be shown'),
  local: z
    .strictObject({
      date: z.string().max(10).describe('`YYYY-MM-DD`'),
      weekday: z.enum(weekdays),
      hour: z.int().min(0).max(23),
      minute: z.int().min(0).max(59),
      zone: name.describe('IANA name; `UTC` where the machine names none that is known'),
    })
    .describe('The clock at the machine’s site'),
})

export const decisionTechnicianSchema = z.strictObject({
  id: name,
  name: text,
  organisation: name.describe('Name of the service organisation or partner company'),
  regions: z.array(name).max(1000).describe('Where he is responsible'),
  permissions: z.array(name).max(1000).describe('Given by the service administration; which there are is up to the policy'),
  trainings: z
    .array(
      z.strictObject({
        product_line: name,
        level: z.int().min(0).max(100).describe('1 is the lowest'),
        valid_until: instant.describe('The training counts until just before this instant'),
      }),
    )
    .max(1000),
  undertaking: z
    .strictObject({ version: name, accepted_at: instant })
    .nullable()
    .describe('The undertaking that he signed last; null: none'),
  authentication: z.strictObject({
    methods: z.array(name).max(20).describe('How he signed in: names of RFC 8176, as `pwd`, `otp`, `hwk`, `mfa`'),
    time: instant.describe('When he signed in'),
  }),
  workstation: z
    .strictObject({ managed: z.boolean(), posture: text })
    .nullable()
    .describe('Null: nothing is known of it. The gateway is told of no workstation yet'),
  status: z.enum(['active', 'disabled']).describe('Of the account'),
})

export const decisionDeviceSchema = z.strictObject({
  id: name,
  organisation: name.describe('Name of the customer'),
  site: text,
  region: label,
  country: text.describe('ISO 3166, two letters'),
  product_line: label,
  model: text,
  switches: z
    .record(z.string().max(256), z.boolean())
    .describe('The customer’s switch for each service by its name; a service without one is off'),
  recording: z
    .record(z.string().max(256), z.enum(['off', 'mask_all', 'mask_texts', 'mask_passwords']))
    .describe(
      'How the pages of each service are recorded, by its name, as the customer has set it: not at all, or with what of their fields masked',
    ),
  contract: z
    .strictObject({ id: text, valid_until: instant.nullable().describe('Null: without an end') })
    .nullable()
    .describe('The service contract; null: none is on record'),
  status: z.enum(['pending', 'active', 'suspended', 'revoked']),
})

/** A *verified* approval of this very session: who builds the input has checked its signature. */
const decisionApprovalSchema = z.strictObject({
  operator: text.describe('Name, as the machine signed it'),
  mode: z.enum(['attended', 'reconnect', 'planned', 'unattended']).describe('`attended`: somebody pressed for this very session'),
  proof: z.enum(['none', 'pin', 'hardware']).describe('What the operator showed of himself'),
  granted_at: instant,
  expires_at: instant,
  services: z.array(name).max(100).describe('What the approval covers'),
})

const decisionSessionSchema = z.strictObject({
  id: name,
  requested_at: instant,
  approved_at: instant
    .nullable()
    .describe('The operator’s first approval: the time of the session starts here, whatever was extended since'),
  opened_at: instant.nullable(),
  extensions: z.int().min(0).max(1000).describe('Granted so far'),
  purpose: text.describe('What he wrote for the operator; empty while a page asks whether a request could be made'),
  ticket: text.nullable(),
  duration_s: z.int().min(0).describe('`request`, `open`: seconds from the press. `extend`: seconds more. Otherwise as it was asked last'),
})

export const decisionInputSchema = z.strictObject({
  action: z.enum(accessActions).describe('What is asked'),
  time: decisionTimeSchema,
  technician: decisionTechnicianSchema,
  device: decisionDeviceSchema,
  service: z
    .strictObject({ name, kind: z.enum(['http', 'vnc', 'ssh', 'tcp']) })
    .nullable()
    .describe('Null: the question is about the machine as a whole'),
  approval: decisionApprovalSchema.nullable().describe('A verified approval of this very session; null: there is none'),
  session: decisionSessionSchema.nullable().describe('What is asked for, or lives; null for `view`'),
  context: z.strictObject({ ip: z.string().max(64).nullable().describe('Address of the browser as the gateway sees it') }),
})

export type DecisionTime = z.infer<typeof decisionTimeSchema>
export type DecisionTechnician = z.infer<typeof decisionTechnicianSchema>
export type DecisionDevice = z.infer<typeof decisionDeviceSchema>
export type DecisionInput = z.infer<typeof decisionInputSchema>

/** Unix seconds; 0 where the input is too broken to have a time: it is denied without an evaluation. */
export function timeOf(input: DecisionInput): number {
  const { time } = (input ?? {}) as Partial<DecisionInput>
  return Number.isSafeInteger(time?.unix) ? (time?.unix ?? 0) : 0
}
