import { isDeepStrictEqual } from 'node:util'
import type { CompiledPolicy } from '../../decisions/compiled-policy.ts'
import type { Denial } from '../../decisions/decision-result.ts'
import { denialCodes, missingCodes } from '../../decisions/denial-codes.ts'
import type { RuleAnswer } from '../../decisions/explanation.ts'
import type { WordedDecision } from './explained-decision.ts'

/** Codes that stand in a policy's own texts, or in the contract: no rule can have made one of them up out of what it was asked. */
export function declaredCodes(policies: readonly Pick<CompiledPolicy, 'reasons'>[]): ReadonlySet<string> {
  const texts = policies.flatMap(({ reasons }) => [...Object.keys(reasons.denials), ...Object.keys(reasons.missing)])
  return new Set<string>([...denialCodes, ...missingCodes, ...texts])
}

/**
 * An answer for somebody who has not asked for what names a person. Whoever writes a policy can put anything of the input into its messages, in any
 * disguise, so nothing that the rules wrote is shown of the answer to the `true` input: it comes from the answer to the masked one. Where both differ,
 * because a rule judges by what is hidden, the true verdict is shown with declared codes alone, without words.
 */
export function concealAnswer(
  answers: { readonly truth: WordedDecision; readonly masked: WordedDecision },
  declared: ReadonlySet<string>,
): WordedDecision {
  const { truth, masked } = answers
  if (isDeepStrictEqual(verdictOf(truth), verdictOf(masked))) return masked
  const among = (codes: readonly string[]): string[] => [...new Set(codes)].filter((code) => declared.has(code))
  const wordless = (denials: readonly Denial[]): Denial[] => among(denials.map(({ code }) => code)).map((code) => ({ code, message: '' }))
  const known = new Set(masked.rules?.map(({ rule }) => rule))
  return {
    ...truth,
    result: {
      ...masked.result,
      allow: truth.result.allow,
      denials: wordless(truth.result.denials),
      missing: among(truth.result.missing),
    },
    rules:
      truth.rules
        ?.filter(({ rule }) => known.has(rule))
        .map((rule): RuleAnswer => ({ ...rule, denials: wordless(rule.denials), missing: among(rule.missing), changesAt: [] })) ?? null,
  }
}

/** Without the words, and without the times that they may hold. */
const verdictOf = ({ result: { allow, denials, missing, limits }, rules }: WordedDecision) => ({
  allow,
  denials: denials.map(({ code }) => code),
  missing,
  limits,
  rules: rules?.map(({ rule, satisfied, denials: against }) => ({ rule, satisfied, against: against.map(({ code }) => code) })),
})
