import { z } from 'zod'
import { accessActions, weekdays } from '../../decisions/decision-input.ts'
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
/** As it stands at the devices. */
const site = z.string().min(1).max(256)
const region = z.string().min(1).max(256)
const person = z.string().min(1).max(256)
const clock = z.string().regex(/^(?:[01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$/, 'must be a time of the day, from "00:00" to "24:00"')
const date = z.string().regex(/^20[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])$/, 'must be a date: "2026-12-24"')
const opening = z
  .strictObject({ from: clock.describe('"07:30"'), to: clock.describe('The first minute after it; "24:00" is the end of the day') })
  .refine(({ from, to }) => from < to, {
    error: 'must end after it begins; a night is two openings, until "24:00" and from "00:00"',
    path: ['to'],
  })
const whoMayApprove = z.strictObject({
  operators: z
    .array(person)
    .min(1)
    .max(1_000)
    .optional()
    .describe('Whose approval counts, by the name that stands in it; without it everybody’s'),
  proof: z.enum(['none', 'pin', 'hardware']).optional().describe('What the operator has to show of himself at least'),
  modes: z
    .array(z.enum(['attended', 'reconnect', 'planned', 'unattended']))
    .min(1)
    .max(4)
    .optional()
    .describe('The kinds of approval that count; without it every kind'),
})
const onUnexplained = z.enum(['mark', 'pause'])

/** An answer of the policy holds no more (`decisions/decision-result.ts`); one that does is no answer, and everything is denied. */
const mostRequestRules = 1_000
const tooManyTogether = (line: string, together: number): string =>
  `with those of the product line "${line}" these are ${together} rules. A service of a machine may have ${mostRequestRules} at most, and ` +
  'with more everything is denied there: join paths with a "*" at their end, or take rules out'

export const policyDataSchemas = {
  also_needed: z
    .record(
      z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'must be the name of a rule'),
      z.array(z.enum(accessActions)).max(accessActions.length),
    )
    .describe('Rules beside the shipped ones, each with the actions that need it'),
  approvers: z.strictObject({
    not_oneself: z.boolean().describe('An approval in the technician’s own name counts for nothing'),
    site: z.record(site, whoMayApprove).describe('For each site; where it is not named, everybody at the machine may approve'),
    product_line: z.record(code, whoMayApprove).describe('For each product line. Where its site is named too, both must be met'),
  }),
  limits: z.strictObject({
    max_duration_s: byKind(seconds).describe('Longest session, for each kind of service, in seconds'),
    default_duration_s: seconds.describe('Where no service is named'),
    max_extensions: z.int().min(0).max(100).describe('How often more time may be asked for'),
    clock_tolerance_s: z.int().min(0).max(3_600).describe('How far the clocks of gateway and machine may differ'),
  }),
  opening_hours: z.strictObject({
    site: z
      .record(
        site,
        z.strictObject({
          week: z.partialRecord(z.enum(weekdays), z.array(opening).max(24)).describe('A day that is not there is closed'),
          closed: z.array(date).max(1_000).describe('Days without hours, by the calendar of the site'),
        }),
      )
      .describe('By the clock of each site; one that is not named is always open'),
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
  regions: z.strictObject({
    only_listed: z.boolean().describe('A region that is not in `covers` gives nobody anything'),
    covers: z.record(region, z.array(region).max(1_000)).describe('What a region covers beside itself, and what these cover'),
  }),
  request_rules: z
    .strictObject({
      product_line: z.record(code, z.array(requestRuleSchema).max(mostRequestRules)),
      service: z
        .record(code, z.array(requestRuleSchema).max(mostRequestRules))
        .optional()
        .describe('For each service, by its name. What the product line or the service refuses is refused'),
    })
    .superRefine(({ product_line: lines, service: services = {} }, { addIssue }) => {
      for (const [name, ofService] of Object.entries(services)) {
        for (const [line, ofLine] of Object.entries(lines)) {
          if (ofService.length + ofLine.length <= mostRequestRules) continue
          const together = new Set([...ofService, ...ofLine].map((rule) => JSON.stringify(rule))).size
          if (together > mostRequestRules) addIssue({ code: 'custom', path: ['service', name], message: tooManyTogether(line, together) })
        }
      }
    }),
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
