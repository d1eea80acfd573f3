import { z } from 'zod'
import { page, pageOf } from './building-blocks.ts'
import { policyActivation, policyComment, policyInstant, policyPerson, revisionDigest } from './policy-revisions.ts'

/** Which revision decides, who may change that, and what runs in its shadow. Under /api/v1/policy; instants are Unix milliseconds. */
export const policySettings = z.object({
  four_eyes: z
    .boolean()
    .describe(
      'Somebody else than the author approves. Stands in `gateway.json` (`policy.fourEyes`), which only the machine’s own administrator changes',
    ),
  coverage_percent: z.number().int().min(0).max(100).describe('How much of the decision rules the tests of a revision have to reach'),
  denied_percent: z
    .number()
    .int()
    .min(0)
    .max(100)
    .describe('An activation that would deny more than so much of what was allowed in the last day asks again'),
})
export type PolicySettings = z.infer<typeof policySettings>

/** A step that one person asked for and that another one has to ask for as well, with the same members. */
export const waitingStep = z.object({
  what: z.enum(['roll_back', 'settings']),
  by: policyPerson,
  at_ms: policyInstant,
  expires_ms: policyInstant,
  to: revisionDigest.nullable(),
  settings: z.object({ coverage_percent: z.number().int(), denied_percent: z.number().int() }).nullable(),
  comment: z.string(),
})
export type WaitingStep = z.infer<typeof waitingStep>

const policyAlarm = z.object({
  code: z
    .enum([
      'policy_corrupt',
      'policy_unsigned',
      'policy_older',
      'policy_oversized',
      'policy_not_loadable',
      'policy_key_missing',
      'policy_closed',
      'shipped_policy_damaged',
    ])
    .describe('`policy_closed`: no good policy is there, everything is denied until `sallyport recover-policy`'),
  message: z.string(),
  since_ms: policyInstant,
})

const canaryExample = z.object({
  decision: z.string(),
  at_ms: policyInstant,
  change: z.enum(['newly_allowed', 'newly_denied', 'changed_limits', 'error']),
  action: z.string(),
  person: z.object({ id: z.string() }).describe('Without a name: the decision itself shows it to who asks for it'),
  device: z.string(),
  service: z.string().nullable(),
  codes: z
    .array(z.string())
    .describe('Of the denials: of the shadow for what is newly denied, of the active revision for what is newly allowed'),
})
/** GET /api/v1/policy/canary. Counts since it was put there. */
export const policyCanary = z.object({
  target: z
    .object({ draft: z.string().nullable(), revision: revisionDigest })
    .describe('For a draft: its id, and the digest of what was in it then'),
  by: policyPerson,
  since_ms: policyInstant,
  evaluated: z.number().int(),
  same: z.number().int(),
  newly_allowed: z.number().int(),
  newly_denied: z.number().int(),
  changed_limits: z.number().int(),
  errors: z.number().int(),
  dropped: z.number().int().describe('Decisions that it did not keep up with'),
  examples: z.array(canaryExample).max(50),
})
export type PolicyCanary = z.infer<typeof policyCanary>
export const canaryAnswer = z.object({ canary: policyCanary.nullable() })
/** PUT /api/v1/policy/canary: one of both. */
export const newCanary = z
  .strictObject({
    draft: z
      .string()
      .regex(/^drf_[0-9a-f]{32}$/, 'must be the id of a draft')
      .optional(),
    revision: revisionDigest.optional(),
  })
  .refine(({ draft, revision }) => (draft === undefined) !== (revision === undefined), 'must name either a draft or a revision')

/** A process that decides, and by which revision each of its threads does so now. */
const servingNode = z.object({
  node: z.string().describe('Host and process: "gw-1:4711"'),
  started_ms: policyInstant,
  points: z.array(
    z.object({
      kind: z
        .enum(['main', 'worker'])
        .describe('`main`: the event loop, which answers from the cache; `worker`: evaluates, or is warm to take over'),
      name: z.string().describe('"main", "worker-7"'),
      revision: revisionDigest.nullable().describe('Null: it denies everything'),
      since_ms: policyInstant,
    }),
  ),
})
export type ServingNode = z.infer<typeof servingNode>

/** GET /api/v1/policy/status */
export const policyStatus = z.object({
  active: policyActivation.pick({ revision: true, sequence: true, by: true, comment: true }).extend({ since_ms: policyInstant }).nullable(),
  serving: z.array(servingNode).describe('Every node that decides; today the one gateway. Agents hold no policy'),
  predecessor: revisionDigest.nullable().describe('Where a step back without `to` leads'),
  alone: revisionDigest
    .nullable()
    .describe('Where one person goes back without a second one: what the newest activation took the place of; null after a step back'),
  alarms: z.array(policyAlarm),
  settings: policySettings,
  waiting: z.array(waitingStep),
  canary: policyCanary.nullable(),
  compiler: z.object({ version: z.string() }).nullable().describe('Null: there is none on this machine, and nothing can be submitted'),
})
export type PolicyStatus = z.infer<typeof policyStatus>

/** POST /api/v1/policy/revisions/{revision}/activate. `expected_active`: what is active as far as the caller knows (null: nothing). `confirm_denied`: the figure that was asked about. */
export const activateRevision = z.strictObject({
  expected_active: revisionDigest.nullable(),
  comment: policyComment,
  confirm_denied: z.number().min(0).max(100).optional().describe('Percent, as in the refusal `denies_more`: it is known and wanted'),
})
export type ActivateRevision = z.infer<typeof activateRevision>
export const activated = z.object({
  sequence: z.number().int(),
  revision: revisionDigest,
  ended_sessions: z.number().int().describe('Open sessions that it ended'),
})
export type Activated = z.infer<typeof activated>

/** POST /api/v1/policy/rollback: 200; 202 with `waiting` where another person has to ask for the same. Without `to`: the predecessor. See `alone` of the status. */
export const rollBack = z.strictObject({
  to: revisionDigest.optional(),
  expected_active: revisionDigest.nullable(),
  comment: policyComment,
})
export type RollBack = z.infer<typeof rollBack>
export const waitingAnswer = z.object({ waiting: waitingStep })
export type WaitingAnswer = z.infer<typeof waitingAnswer>

/** GET /api/v1/policy/activations: newest first. */
export const activationPage = pageOf(policyActivation)
export type ActivationPage = z.infer<typeof activationPage>
export const activationQuery = page

/** PUT /api/v1/policy/settings: 200 with what holds now; looser than before, with four eyes: 202 with `waiting` until another person asks for the same. */
export const changePolicySettings = z.strictObject({
  coverage_percent: z.number().int().min(0).max(100),
  denied_percent: z.number().int().min(0).max(100),
  comment: policyComment,
})
export type ChangePolicySettings = z.infer<typeof changePolicySettings>
export const settingsAnswer = z.object({ settings: policySettings })

/** PUT /api/v1/policy/recovery-keys/mine: the public half of `sallyport recovery-key create`, of an administrator. GET /api/v1/policy/recovery-keys lists whose are there. */
export const recoveryKey = z.object({
  person: policyPerson,
  fingerprint: z.string().describe('SHA-256 of the public key, 64 hex'),
  registered_ms: policyInstant,
})
export const recoveryKeyList = z.object({ items: z.array(recoveryKey) })
export const newRecoveryKey = z.strictObject({
  public_key_pem: z
    .string()
    .max(300)
    .regex(
      /^-----BEGIN PUBLIC KEY-----\n[A-Za-z0-9+/=\n]{40,200}\n-----END PUBLIC KEY-----\n?$/,
      'must be the public key (PEM) that `sallyport recovery-key create` printed',
    ),
})
export type RecoveryKeyList = z.infer<typeof recoveryKeyList>

/** GET /health, for anybody on the portal's host: 200, or 503 where nothing can be decided. No names, nothing secret. */
export const health = z.object({
  status: z.enum(['ok', 'degraded', 'closed']),
  policy: z.object({ deciding: z.boolean(), alarms: z.array(z.string()) }),
})
export type Health = z.infer<typeof health>
