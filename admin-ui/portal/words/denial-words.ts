import type { Dictionary } from '../../words/language.tsx'

/** What the portal says about reasons, besides their own texts. */
export interface DenialWords {
  readonly from: (time: string) => string
}

export const denialWords: Dictionary<DenialWords> = {
  en: { from: (time) => `Possible from ${time}.` },
  de: { from: (time) => `Möglich ab ${time}.` },
}
