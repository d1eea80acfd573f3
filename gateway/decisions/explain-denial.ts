import { engineReasons } from './engine-reasons.ts'
import type { DenialReason, DenialText, Grantor, PolicyReasons, ReasonLanguage } from './policy-reasons.ts'

export interface DenialExplanation extends DenialText {
  /** Null: the policy does not say. */
  readonly grantedBy: Grantor | null
  readonly act: DenialReason['act'] | null
}

/**
 * What stands against it and what would remove it, in whole sentences. In English the rule's own sentence goes first, since it may name more;
 * it stands alone where the revision has no text for its code.
 */
export function explainDenial(
  denial: { readonly code: string; readonly message: string },
  { reasons, language }: { readonly reasons: Pick<PolicyReasons, 'denials'>; readonly language: ReasonLanguage },
): DenialExplanation {
  const known = reasonOf(reasons, denial.code)
  if (known === undefined) return { reason: denial.message || denial.code.replaceAll('_', ' '), remedy: '', grantedBy: null, act: null }
  const { reason, remedy } = known[language]
  const own = language === 'en' && denial.message !== '' ? denial.message : reason
  return { reason: own, remedy, grantedBy: known.granted_by, act: known.act ?? null }
}

function reasonOf({ denials }: Pick<PolicyReasons, 'denials'>, code: string): DenialReason | undefined {
  if (Object.hasOwn(denials, code)) return denials[code]
  return code === 'policy_error' ? engineReasons.policy_error : undefined
}
