import type { DenialCode } from './denial-codes.ts'
import type { DecisionResult } from './decision-result.ts'
import { denialTexts, missingTexts } from './denial-texts.ts'
import type { DenialLanguage, DenialText } from './denial-texts.ts'

export interface DenialExplanation {
  /** One for each code, in the order of the policy's answer. Empty for what is allowed. */
  readonly reasons: readonly (DenialText & { readonly code: DenialCode })[]
  /** What the parties can still supply. */
  readonly missing: readonly string[]
}

/** Everything that stands against it and what would remove it, in whole sentences. */
export function explainDenial(result: Pick<DecisionResult, 'allow' | 'denials' | 'missing'>, language: DenialLanguage): DenialExplanation {
  if (result.allow === true) return { reasons: [], missing: [] }
  const codes = [...new Set(result.denials.map((denial) => denial.code))]
  return {
    reasons: codes.map((code) => ({ code, ...denialTexts[code][language] })),
    missing: [...new Set(result.missing)].map((code) => missingTexts[code][language]),
  }
}
