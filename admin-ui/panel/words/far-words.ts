import type { Dictionary } from '../../words/language.tsx'

/** A sentence of which one part is read from across the hall. */
export interface FarSentence {
  readonly before: string
  readonly far: string
  readonly after: string
}

export interface FarWords {
  readonly nobody: FarSentence
  readonly off: FarSentence
  readonly unknown: FarSentence
}

export const farWords: Dictionary<FarWords> = {
  en: {
    nobody: { before: '', far: 'Nobody is in', after: ' this machine' },
    off: { before: 'Remote service is ', far: 'switched off', after: '' },
    unknown: { before: 'It is ', far: 'not known', after: ' whether somebody is in this machine' },
  },
  de: {
    nobody: { before: '', far: 'Niemand ist', after: ' in dieser Maschine' },
    off: { before: 'Der Fernservice ist ', far: 'ausgeschaltet', after: '' },
    unknown: { before: 'Ob jemand in dieser Maschine ist, ist gerade ', far: 'nicht bekannt', after: '' },
  },
}
