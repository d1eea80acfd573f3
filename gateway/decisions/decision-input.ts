import { z } from 'zod'

/**
 * What the policy sees (design.md, section 5). Every instant is an integer of Unix seconds; only `time.utc` is text.
 * Every member is always there: what does not exist is null, so that a policy never guesses.
 */
export const accessActions = ['view', 'request', 'open', 'use', 'extend', 'transfer', 'watch_recording', 'export'] as const
export type AccessAction = (typeof accessActions)[number]

const instant = z.int().min(0)
const text = z.string().max(4096)
const name = z.string().min(1).max(256)
/** Stands in the messages of denials, which are bounded. */
const label = z.string().max(256)

export const decisionTimeSchema = z.strictObject({
  unix: instant,
  /** RFC 3339, seconds, `Z`. */
  utc: z.string().max(40),
  /** The clock at the machine's site. */
  local: z.strictObject({
    /** `YYYY-MM-DD`. */
    date: z.string().max(10),
    weekday: z.enum(['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']),
    hour: z.int().min(0).max(23),
    minute: z.int().min(0).max(59),
    /** IANA zone. */
    zone: name,
  }),
})

export const decisionTechnicianSchema = z.strictObject({
  id: name,
  name: text,
  organisation: name,
  regions: z.array(name).max(1000),
  permissions: z.array(name).max(1000),
  trainings: z
    .array(
      z.strictObject({
        product_line: name,
        /** 1 is the lowest. */
        level: z.int().min(0).max(100),
        /** The training counts until just before this instant. */
        valid_until: instant,
      }),
    )
    .max(1000),
  undertaking: z.strictObject({ version: name, accepted_at: instant }).nullable(),
  authentication: z.strictObject({
    /** RFC 8176 names: `pwd`, `otp`, `hwk`, `mfa`. */
    methods: z.array(name).max(20),
    time: instant,
  }),
  workstation: z.strictObject({ managed: z.boolean(), posture: text }).nullable(),
  status: z.enum(['active', 'disabled']),
})

export const decisionDeviceSchema = z.strictObject({
  id: name,
  organisation: name,
  site: text,
  region: label,
  country: text,
  product_line: label,
  model: text,
  /** The customer's switch for each service by its name; a service without one is off. */
  switches: z.record(z.string().max(256), z.boolean()),
  /** How the pages of each service are recorded, by its name, as the customer has set it: not at all, or with what of their fields masked. */
  recording: z.record(z.string().max(256), z.enum(['off', 'mask_all', 'mask_texts', 'mask_passwords'])),
  /** Null: none is on record. `valid_until` null: without an end. */
  contract: z.strictObject({ id: text, valid_until: instant.nullable() }).nullable(),
  status: z.enum(['pending', 'active', 'suspended', 'revoked']),
})

/** A *verified* approval of this very session: who builds the input has checked its signature. */
const decisionApprovalSchema = z.strictObject({
  operator: text,
  mode: z.enum(['attended', 'reconnect', 'planned', 'unattended']),
  proof: z.enum(['none', 'pin', 'hardware']),
  granted_at: instant,
  expires_at: instant,
  services: z.array(name).max(100),
})

const decisionSessionSchema = z.strictObject({
  id: name,
  requested_at: instant,
  /** The operator's first approval: the time of the session starts here, whatever was extended since. */
  approved_at: instant.nullable(),
  opened_at: instant.nullable(),
  /** Granted extensions so far. */
  extensions: z.int().min(0).max(1000),
  purpose: text,
  ticket: text.nullable(),
  /** `request`, `open`: seconds from the press. `extend`: seconds more. Otherwise as it was asked last. */
  duration_s: z.int().min(0),
})

export const decisionInputSchema = z.strictObject({
  action: z.enum(accessActions),
  time: decisionTimeSchema,
  technician: decisionTechnicianSchema,
  device: decisionDeviceSchema,
  /** Null: the question is about the device as a whole. */
  service: z.strictObject({ name, kind: z.enum(['http', 'vnc', 'ssh', 'tcp']) }).nullable(),
  approval: decisionApprovalSchema.nullable(),
  session: decisionSessionSchema.nullable(),
  context: z.strictObject({ ip: z.string().max(64).nullable() }),
})

export type DecisionTime = z.infer<typeof decisionTimeSchema>
export type DecisionTechnician = z.infer<typeof decisionTechnicianSchema>
export type DecisionDevice = z.infer<typeof decisionDeviceSchema>
export type DecisionInput = z.infer<typeof decisionInputSchema>
