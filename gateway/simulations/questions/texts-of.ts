import type { CompiledPolicy } from '../../decisions/compiled-policy.ts'
import type { Denial } from '../../decisions/decision-result.ts'
import type { DenialReason } from '../../decisions/policy-reasons.ts'

/** By the code of a denial. */
export type DenialTexts = Readonly<Record<string, DenialReason>>

/** What a policy itself calls these denials: a draft has other texts than what decides, and codes of its own. */
export function textsOf({ reasons }: Pick<CompiledPolicy, 'reasons'>, denials: readonly Pick<Denial, 'code'>[]): DenialTexts {
  const codes = new Set(denials.map(({ code }) => code))
  return Object.fromEntries(Object.entries(reasons.denials).filter(([code]) => codes.has(code)))
}
