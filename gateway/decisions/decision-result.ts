import { z } from 'zod'
import { reasonCode } from './policy-reasons.ts'

/** Data for the proxy, matched on the canonical path that is sent. A request that any rule matches is refused. */
export const requestRuleSchema = z.strictObject({
  effect: z.literal('deny'),
  methods: z.array(z.string().max(32)).max(50).describe('Upper case; `*` is every method'),
  path: z.string().max(2048).describe('Exact path; a `*` at the end makes it a prefix'),
})

export const decisionLimitsSchema = z.strictObject({
  max_duration_s: z.int().min(0).describe('Of one request or extension'),
  services: z
    .array(z.string().max(256))
    .max(1000)
    .describe('Names of the services that may be used; a subset of what was asked and approved'),
  transfer: z.boolean().describe('Whether files may be transferred'),
  record: z.boolean().describe('A session that is used without a running recorder ends'),
  on_unexplained: z
    .enum(['mark', 'pause'])
    .describe('What becomes of a session at a request that changes something and that no act of the technician explains'),
  request_rules: z.array(requestRuleSchema).max(1000).describe('What the proxy refuses, matched on the path that is sent'),
})

/** What the policy answers (design.md, section 5). Anything outside of this shape is a denial with `policy_error`. */
export const decisionResultSchema = z.strictObject({
  allow: z.boolean().describe('Nothing but `true` is an allowance'),
  denials: z
    .array(
      z.strictObject({
        /** The shipped ones are in `denial-codes.ts`; a policy has its own beside them. */
        code: reasonCode.describe('Its texts lie beside the rule'),
        message: z.string().max(1000).describe('English; may name more than the text'),
        until: z.int().min(0).optional().describe('Unix seconds: waiting until then removes it'),
      }),
    )
    .max(100)
    .describe('Everything that stands against it'),
  missing: z.array(reasonCode).max(100).describe('What the parties can still supply'),
  limits: decisionLimitsSchema.describe('What holds inside of an allowed session; the gateway and the machine enforce it'),
  valid_until: z
    .int()
    .min(0)
    .describe('Unix seconds: before this instant time alone does not change the answer. The engine caps it at 60 s from now'),
})

export type RequestRule = z.infer<typeof requestRuleSchema>
export type DecisionLimits = z.infer<typeof decisionLimitsSchema>
export type DecisionResult = z.infer<typeof decisionResultSchema>
export type Denial = DecisionResult['denials'][number]
