import { z } from 'zod'
import { accessActions } from '../../decisions/decision-input.ts'
import { requestRuleSchema } from '../../decisions/decision-result.ts'

/**
 * What can be set without writing Rego: the documents of `data/` that the shipped rules read, each under its own name. A document that is not
 * among them is somebody's own and may be anything.
 */
const code = z.string().regex(/^[a-z][a-z0-9_-]{0,63}$/, 'begins with a lower-case letter, then lower-case letters, digits, "_" and "-"')
const serviceKinds = ['http', 'vnc', 'ssh', 'tcp'] as const
const seconds = z
  .int()
  .min(0)
  .max(31 * 86_400)
const level = z.int().min(0).max(3)
const byKind = <Value extends z.ZodType>(value: Value) =>
  z.strictObject(Object.fromEntries(serviceKinds.map((kind) => [kind, value])) as Record<(typeof serviceKinds)[number], Value>)
const someKinds = <Value extends z.ZodType>(value: Value) => z.partialRecord(z.enum(serviceKinds), value)
/** Names of RFC 8176. */
const methods = z.array(z.string().regex(/^[a-z][a-z0-9_]{0,15}$/, 'must be a name of RFC 8176: "pwd", "otp", "hwk", "mfa"')).max(10)
const onUnexplained = z.enum(['mark', 'pause'])

export const policyDataSchemas = {
  also_needed: z
    .record(
      z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'must be the name of a rule'),
      z.array(z.enum(accessActions)).max(accessActions.length),
    )
    .describe('Rules beside the shipped ones, each with the actions that need it'),
  limits: z.strictObject({
    max_duration_s: byKind(seconds).describe('Longest session, for each kind of service, in seconds'),
    default_duration_s: seconds.describe('Where no service is named'),
    max_extensions: z.int().min(0).max(100).describe('How often more time may be asked for'),
    clock_tolerance_s: z.int().min(0).max(3_600).describe('How far the clocks of gateway and machine may differ'),
  }),
  permissions: z.strictObject({
    action: z.record(code, code).describe('The permission that each action needs'),
    service_kind: byKind(code).describe('The permission that each kind of service needs'),
  }),
  recording: z.strictObject({
    demanded: z.strictObject({
      service_kind: someKinds(z.boolean()),
      product_line: z.record(code, z.boolean()),
      service: z.record(code, z.boolean()),
    }),
    on_unexplained: z.strictObject({
      service_kind: someKinds(onUnexplained),
      product_line: z.record(code, onUnexplained),
      service: z.record(code, onUnexplained),
    }),
  }),
  request_rules: z.strictObject({ product_line: z.record(code, z.array(requestRuleSchema).max(1_000)) }),
  requirements: z.strictObject({
    training: z.strictObject({
      default_level: level.describe('Where a product line has none of its own; 0: no training is needed'),
      level: z.record(code, level).describe('For each product line'),
    }),
    authentication: z.strictObject({ always: methods, service_kind: byKind(methods) }),
    contract_on_record: z.boolean().describe('Whether a machine without a service contract is refused'),
  }),
  undertaking: z.strictObject({ version: z.string().min(1).max(256) }),
} as const satisfies Readonly<Record<string, z.ZodType>>

/** Documents that each rule brings a member of its own to: they may stand in several files, and the compiler joins them. */
export const joinedDocuments: readonly string[] = ['also_needed']
