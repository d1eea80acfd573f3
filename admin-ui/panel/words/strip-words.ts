import type { Dictionary } from '../../words/language.tsx'

/** What the strip alone says. */
export interface StripWords {
  readonly waits: string
  /** Nobody is let in from the strip. */
  readonly answerAtPanel: string
  readonly asksForMore: string
}

export const stripWords: Dictionary<StripWords> = {
  en: { waits: 'Waits', answerAtPanel: 'Answer at the panel.', asksForMore: 'Asks for more time: answer at the panel.' },
  de: { waits: 'Wartet', answerAtPanel: 'Am Bedienfeld antworten.', asksForMore: 'Bittet um mehr Zeit: am Bedienfeld antworten.' },
}
