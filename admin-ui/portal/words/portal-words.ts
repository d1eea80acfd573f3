import { useWords } from '../../words/language.tsx'
import type { Dictionary } from '../../words/language.tsx'
import { portalWordsDe } from './portal-words-de.ts'
import { portalWordsEn } from './portal-words-en.ts'

/** English gives the shape; every other language has to fill it. */
export type PortalWords = typeof portalWordsEn

const portalWords: Dictionary<PortalWords> = { en: portalWordsEn, de: portalWordsDe }

export const usePortalWords = (): PortalWords => useWords(portalWords)
