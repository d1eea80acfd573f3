import { z } from 'zod'

/** Who can remove what stands against an access. `customer`: at the machine or whoever answers for it there. */
export const grantors = ['self', 'operator', 'customer', 'service_administrator', 'security_team', 'nobody'] as const
export type Grantor = (typeof grantors)[number]

/** What somebody does about it himself, where a page can lead him there. */
const ownActs = ['sign_undertaking', 'sign_in_again'] as const

/** The codes of denials and of what is missing are those of the policy. */
export const reasonCode = z.string().regex(/^[a-z][a-z0-9_]{1,63}$/, 'lower-case letters, digits and "_", begins with a letter, 2 to 64')

const sentence = z.string().trim().min(3).max(500)
const denialTextSchema = z.strictObject({
  /** What stands against it. */
  reason: sentence,
  /** What would remove it, and who can do that. */
  remedy: sentence,
})

export const denialReasonSchema = z.strictObject({
  granted_by: z.enum(grantors),
  act: z.enum(ownActs).optional(),
  de: denialTextSchema,
  en: denialTextSchema,
})

/** What can still be supplied, as an item of a list. */
export const missingTextSchema = z.strictObject({ de: sentence, en: sentence })

/** The texts of a revision: they lie beside its rules, as `custom` fields of their `# METADATA`. */
export const policyReasonsSchema = z.strictObject({
  denials: z.record(reasonCode, denialReasonSchema),
  missing: z.record(reasonCode, missingTextSchema),
})

export type ReasonLanguage = 'de' | 'en'
export type DenialText = z.infer<typeof denialTextSchema>
export type DenialReason = z.infer<typeof denialReasonSchema>
export type PolicyReasons = z.infer<typeof policyReasonsSchema>
