import { z } from 'zod'
import { denialReasonSchema } from '../../decisions/policy-reasons.ts'
import { denial, wanted } from './building-blocks.ts'

/**
 * What a change of the policy would do, before it is live: matrix, replay, impact, questions. All under `/api/v1/policy`, for `security_team`, `auditor`
 * and `service_administrator`. Everything is answered by evaluating a policy, in threads of its own. Instants that end in `_ms` are Unix milliseconds.
 */
export const instantMs = z.number().int().nonnegative().describe('Unix milliseconds')
export const policyRevision = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be a revision: "sha256:" and 64 of 0-9, a-f')
const draftId = z
  .string()
  .regex(/^drf_[0-9a-f]{32}$/, 'must be the id of a draft: "drf_" and 32 of 0-9, a-f')
  .describe('Id of a draft')

/** Which policy is tried: a draft as it is saved now, or a revision. */
export const policyTarget = z.union([z.strictObject({ draft: draftId }), z.strictObject({ revision: policyRevision })])
export type PolicyTarget = z.infer<typeof policyTarget>

export const accessAction = z.enum(['view', 'request', 'open', 'use', 'extend', 'transfer', 'watch_recording', 'export'])
export const named = z.object({ id: z.string(), name: z.string() })

/** One rule that an action needs, as the policy engine answered it. */
export const ruleAnswer = z.object({
  rule: z.string().describe('Name of its package under `sallyport.rules`; `limits`: what the gateway holds by itself'),
  satisfied: z.boolean(),
  denials: z.array(denial),
  missing: z.array(z.string()),
  changes_at: z.array(z.number()).describe('Unix seconds at which time alone could change its answer'),
})
export type RuleAnswer = z.infer<typeof ruleAnswer>

/** A draft calls its denials otherwise than what decides. */
export const denialTexts = z.record(z.string(), denialReasonSchema).describe('What this revision itself calls its denials, by their codes')

/** One answer of one policy, with every rule that was needed for it. */
export const explainedDecision = z.object({
  revision: policyRevision,
  allow: z.boolean(),
  denials: z.array(denial),
  texts: denialTexts,
  missing: z.array(z.string()),
  limits: z.object({
    max_duration_s: z.number().int(),
    services: z.array(z.string()),
    transfer: z.boolean(),
    record: z.boolean(),
    on_unexplained: z.enum(['mark', 'pause']),
    request_rules: z.array(z.object({ effect: z.literal('deny'), methods: z.array(z.string()), path: z.string() })),
  }),
  valid_until: z.number().int().describe('Unix seconds'),
  rules: z.array(ruleAnswer).nullable().describe('Null: this revision cannot explain itself'),
})
export type ExplainedDecision = z.infer<typeof explainedDecision>

/** Of work that goes on in the background. */
export const workState = z.enum(['running', 'done', 'failed', 'cancelled'])
export const failure = z.object({ code: z.string(), message: z.string() }).nullable()

/** Nobody is asked for whom this is tried: what is assumed instead. */
export const assumptions = z.object({
  methods: z.array(z.string()).describe('How she would have signed in (RFC 8176)'),
  duration_s: z.number().int().describe('How long she would ask for'),
  approved: z.boolean().describe('As if an operator agreed'),
})
export const assumedMethods = z.array(wanted(32)).max(20).describe('How she would have signed in (RFC 8176)')
export const assumedDuration = z.number().int().min(60).max(86_400).describe('How long she would ask for, seconds')
