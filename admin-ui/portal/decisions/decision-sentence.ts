import type { DecisionSummary } from '../../../gateway/http-api/contract/administration.ts'
import type { Language } from '../../words/language.tsx'
import { denialText } from '../parts/denial-list.tsx'
import type { PortalWords } from '../words/portal-words.ts'

type Decision = Pick<DecisionSummary, 'allow' | 'person' | 'action' | 'service' | 'device' | 'denials'>

/** The sentence that comes first: who may or may not do what, and every reason. */
export const decisionSentence = (decision: Decision, words: PortalWords['decisions'], language: Language): string => {
  const action = words.actions[decision.action] ?? decision.action
  const target = decision.service === null ? decision.device.name : words.on(decision.service, decision.device.name)
  if (decision.allow) return words.allowedSentence(decision.person.name, action, target)
  const reasons = decision.denials.map((denial) => denialText(denial, language).reason).join(' ')
  return words.deniedSentence(decision.person.name, action, target, reasons)
}
