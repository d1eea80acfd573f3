import type { Dictionary } from '../../words/language.tsx'

/** The sheet with the sound of this screen. */
export interface SoundWords {
  readonly title: string
  readonly choices: Readonly<Record<'on' | 'requests' | 'off', { readonly name: string; readonly text: string }>>
  readonly when: string
  readonly volume: string
  readonly volumes: Readonly<Record<'quiet' | 'normal' | 'loud', string>>
  readonly tryIt: string
  readonly blocked: string
  readonly keptHere: string
  readonly close: string
}

export const soundWords: Dictionary<SoundWords> = {
  en: {
    title: 'Sound of this screen',
    choices: {
      on: { name: 'On', text: 'A request, a message, and when a call is taken.' },
      requests: { name: 'For requests only', text: 'Only while somebody waits to be let in.' },
      off: { name: 'Off', text: 'This screen is silent.' },
    },
    when: 'When it sounds',
    volume: 'Volume',
    volumes: { quiet: 'Quiet', normal: 'Normal', loud: 'Loud' },
    tryIt: 'Try it',
    blocked: 'The browser let this screen sound only now that it was touched. After it starts anew, it needs one touch again.',
    keptHere: 'Kept on this screen.',
    close: 'Close',
  },
  de: {
    title: 'Ton dieses Bildschirms',
    choices: {
      on: { name: 'Ein', text: 'Eine Anfrage, eine Nachricht, und wenn jemand einen Ruf annimmt.' },
      requests: { name: 'Nur bei Anfragen', text: 'Nur solange jemand auf Einlass wartet.' },
      off: { name: 'Aus', text: 'Dieser Bildschirm bleibt still.' },
    },
    when: 'Wann er tönt',
    volume: 'Lautstärke',
    volumes: { quiet: 'Leise', normal: 'Normal', loud: 'Laut' },
    tryIt: 'Probieren',
    blocked: 'Der Browser lässt diesen Bildschirm erst tönen, seit er berührt wurde. Nach einem Neustart braucht er wieder eine Berührung.',
    keptHere: 'Bleibt auf diesem Bildschirm gespeichert.',
    close: 'Schließen',
  },
}
