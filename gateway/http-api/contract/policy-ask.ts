import { z } from 'zod'
import { cursor, denial, deviceId, personId, serviceName, sessionId } from './building-blocks.ts'
import {
  assumedDuration,
  assumedMethods,
  assumptions,
  denialTexts,
  explainedDecision,
  instantMs,
  named,
  policyRevision,
  policyTarget,
} from './policy-explained.ts'

/** POST /policy/impact: what activating this would do at once. */
export const impactRequest = z.strictObject({ target: policyTarget })
export const impact = z.object({
  target: policyRevision,
  sessions_judged: z.number().int(),
  sessions: z
    .array(
      z.object({
        id: sessionId,
        person: named,
        machine: named,
        state: z.string(),
        since_ms: instantMs,
        services: z.array(z.string()),
        codes: z.array(z.string()),
        reasons: z.array(denial),
      }),
    )
    .describe('Sessions that would end'),
  texts: denialTexts,
  limits_changed: z
    .array(z.object({ id: sessionId, person: named, machine: named, service: z.string(), before: z.unknown(), after: z.unknown() }))
    .describe('Sessions that go on under other limits'),
  decisions_last_day: z.object({
    allowed: z.number().int(),
    would_be_denied: z.number().int(),
    percent: z.number().describe('0 to 100, two digits behind the point'),
  }),
})
export type Impact = z.infer<typeof impact>

/** One change of facts, as somebody could make it. */
export const factChange = z.object({
  kind: z.enum([
    'enable_account',
    'grant_region',
    'grant_permission',
    'record_training',
    'sign_undertaking',
    'step_up',
    'approve',
    'switch_on',
    'record_service',
    'renew_contract',
    'activate_device',
    'shorter_duration',
    'wait_until',
  ]),
  value: z.union([z.string(), z.number()]).nullable().describe('The region, permission, product line, service, seconds or Unix seconds'),
  level: z.number().int().nullable().describe('Of a training'),
  granted_by: z.enum(['service_administrator', 'customer', 'operator', 'herself', 'time']),
})
export type FactChange = z.infer<typeof factChange>

/** POST /policy/ask */
export const askRequest = z.strictObject({
  target: policyTarget.optional().describe('Without it: the active revision'),
  kind: z.enum(['why', 'who', 'what_would']),
  person: personId.optional().describe('For `why` and `what_would`'),
  machine: deviceId,
  service: serviceName.optional().describe('Without it: each service of the machine'),
  action: z.enum(['view', 'request', 'open']).default('open'),
  assume_approved: z.boolean().default(true).describe('For `open`: as if an operator had just agreed'),
  methods: assumedMethods.default(['pwd']),
  duration_s: assumedDuration.default(60),
  limit: z.number().int().min(1).max(200).default(50).describe('For `who`'),
  after: cursor.optional().describe('For `who`'),
})
export type AskRequest = z.infer<typeof askRequest>

export const askAnswer = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('why'),
    at_ms: instantMs,
    assumed: assumptions,
    revision: policyRevision,
    allowed: z.boolean(),
    person: named,
    machine: named,
    steps: z
      .array(z.object({ action: z.enum(['view', 'request', 'open']), service: z.string().nullable(), decision: explainedDecision }))
      .describe('In this order, each needs the one before: see, ask, open'),
  }),
  z.object({
    kind: z.literal('who'),
    at_ms: instantMs,
    assumed: assumptions,
    revision: policyRevision,
    machine: named,
    people: z.array(named.extend({ services: z.array(z.string()) })),
    judged: z.number().int(),
    next: z.string().nullable(),
  }),
  z.object({
    kind: z.literal('what_would'),
    at_ms: instantMs,
    assumed: assumptions,
    revision: policyRevision,
    allowed: z.boolean().describe('Nothing needs to change'),
    person: named,
    machine: named,
    ways: z
      .array(z.object({ service: z.string().nullable(), changes: z.array(factChange) }))
      .describe('Smallest first; each was evaluated and lets her in, and leaving out any of its changes does not'),
    tried: z.number().int().describe('Evaluations that this took'),
    complete: z.boolean().describe('False: there may be other ways, the search was ended at its bound'),
    never: z.boolean().describe('Not even all changes together let her in: only the policy itself could'),
  }),
])
export type AskAnswer = z.infer<typeof askAnswer>
