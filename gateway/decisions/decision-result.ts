import { z } from 'zod'
import { reasonCode } from './policy-reasons.ts'

/** Data for the proxy, matched on the canonical path that is sent. A request that any rule matches is refused. */
export const requestRuleSchema = z.strictObject({
  effect: z.literal('deny'),
  /** Upper case; `*` is every method. */
  methods: z.array(z.string().max(32)).max(50),
  /** Exact path; a `*` at the end makes it a prefix. */
  path: z.string().max(2048),
})

export const decisionLimitsSchema = z.strictObject({
  max_duration_s: z.int().min(0),
  /** Names of the services that the technician may use; a subset of what was asked and approved. */
  services: z.array(z.string().max(256)).max(1000),
  transfer: z.boolean(),
  /** A session that is used without a running recorder ends. */
  record: z.boolean(),
  /** What becomes of a session at a request that changes something and that no act of the technician explains. */
  on_unexplained: z.enum(['mark', 'pause']),
  request_rules: z.array(requestRuleSchema).max(1000),
})

/** What the policy answers (design.md, section 5). Anything outside of this shape is a denial with `policy_error`. */
export const decisionResultSchema = z.strictObject({
  allow: z.boolean(),
  /** Everything that stands against it, for people to read. */
  denials: z
    .array(
      z.strictObject({
        /** The shipped ones are in `denial-codes.ts`; a policy has its own beside them. */
        code: reasonCode,
        message: z.string().max(1000),
        /** Unix seconds: waiting until then removes it. */
        until: z.int().min(0).optional(),
      }),
    )
    .max(100),
  /** What the parties can still supply. */
  missing: z.array(reasonCode).max(100),
  limits: decisionLimitsSchema,
  /** Unix seconds: before this instant time alone does not change the answer. The engine caps it at 60 s from now. */
  valid_until: z.int().min(0),
})

export type RequestRule = z.infer<typeof requestRuleSchema>
export type DecisionLimits = z.infer<typeof decisionLimitsSchema>
export type DecisionResult = z.infer<typeof decisionResultSchema>
export type Denial = DecisionResult['denials'][number]
