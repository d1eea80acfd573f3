import type { DecisionSummary } from '../../../gateway/http-api/contract/administration.ts'
import { explainDenial } from '../../../gateway/decisions/explain-denial.ts'
import type { PolicyReasons } from '../../../gateway/decisions/policy-reasons.ts'
import type { Language } from '../../words/language.tsx'
import type { PortalWords } from '../words/portal-words.ts'

type Decision = Pick<DecisionSummary, 'allow' | 'person' | 'action' | 'service' | 'device' | 'denials'>

/** The sentence that comes first: who may or may not do what, and every reason. */
export const decisionSentence = (
  decision: Decision,
  {
    words,
    language,
    reasons: texts,
  }: { readonly words: PortalWords['decisions']; readonly language: Language; readonly reasons: Pick<PolicyReasons, 'denials'> },
): string => {
  const name = decision.person.name ?? words.hiddenPerson(shortId(decision.person.id))
  const action = words.actions[decision.action] ?? decision.action
  const target = decision.service === null ? decision.device.name : words.on(decision.service, decision.device.name)
  if (decision.allow) return words.allowedSentence(name, action, target)
  const reasons = decision.denials.map((denial) => explainDenial(denial, { reasons: texts, language }).reason).join(' ')
  return words.deniedSentence(name, action, target, reasons)
}

/** Enough of an id to tell the people of a page apart. */
export const shortId = (id: string): string => id.replace(/^per_/u, '').slice(0, 8)
