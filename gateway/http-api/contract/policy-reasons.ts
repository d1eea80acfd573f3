import { z } from 'zod'
import { denialReasonSchema, missingTextSchema } from '../../decisions/policy-reasons.ts'

/** The texts of the active revision by the codes of its denials, for everybody's pages: what stands against it, what would remove it, and who can do that. */
export const policyReasons = z.object({
  revision: z.string(),
  reasons: z.record(z.string(), denialReasonSchema).describe('By the code of a denial'),
  missing: z.record(z.string(), missingTextSchema).describe('By the code of what the parties can still supply'),
})
export type PolicyReasonsAnswer = z.infer<typeof policyReasons>
