import { pageTexts, type PageText } from './page-texts.ts'
import type { PageLanguage } from './page-language.ts'
import type { Refusal } from './refusal.ts'

/** What a refusal says to a person: for a session that is over who ended it and why, else its page's sentence or the authority's own. */
export function pageMessage(refusal: Refusal, language: PageLanguage): PageText {
  const texts = pageTexts[language]
  const text = texts.kinds[refusal.kind]
  if (refusal.kind === 'session_over') return { ...text, sentence: endedSentence(refusal, language) ?? text.sentence }
  if (refusal.code === 'foreign_page') return { ...text, sentence: texts.foreign }
  if (refusal.kind === 'too_many') return { ...text, sentence: tooManySentence(refusal.code, language) ?? text.sentence }
  if (refusal.kind === 'unrecorded') return { ...text, sentence: unrecordedSentence(refusal.code, language) ?? text.sentence }
  // The authority speaks English; the portal lists its reasons in the reader's language.
  return refusal.message === undefined || language !== 'en' ? text : { ...text, sentence: refusal.message }
}

function tooManySentence(code: string, language: PageLanguage): string | undefined {
  const { tooMany } = pageTexts[language]
  return Object.hasOwn(tooMany, code) ? tooMany[code as keyof typeof tooMany] : undefined
}

function unrecordedSentence(code: string, language: PageLanguage): string | undefined {
  const { unrecorded } = pageTexts[language]
  return Object.hasOwn(unrecorded, code) ? unrecorded[code as keyof typeof unrecorded] : undefined
}

function endedSentence(refusal: Refusal, language: PageLanguage): string | undefined {
  const { ended, endedByNobody } = pageTexts[language]
  const reason = refusal.endedReason as keyof typeof ended | undefined
  if (reason === undefined || !Object.hasOwn(ended, reason)) return undefined
  const by = refusal.endedBy ?? ''
  return by === '' ? (endedByNobody[reason] ?? ended[reason]) : ended[reason].replace('{by}', () => by)
}
