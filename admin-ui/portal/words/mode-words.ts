import type { Dictionary } from '../../words/language.tsx'

interface ModeWords {
  readonly title: string
  readonly always: (service: string) => string
  readonly modes: Readonly<Record<'attended' | 'reconnect' | 'unattended', string>>
  readonly atMachine: (mode: string) => string
  readonly overruled: (mode: string) => string
  readonly text: string
}

const en: ModeWords = {
  title: 'Entry without a press',
  always: (service) => `${service}: always a press at the machine`,
  modes: { attended: 'attended', reconnect: 'may come back', unattended: 'unattended' },
  atMachine: (mode) => `Chosen at the machine: ${mode}.`,
  overruled: (mode) => `Chosen at the machine: ${mode}; it does not hold while this is on.`,
  text: 'Operators choose at the machine how a service may be entered. Here it can only become stricter: while the switch is on, no standing consent and no planned time counts, and who came in by one is out at once.',
}

const de: ModeWords = {
  title: 'Einlass ohne Taste',
  always: (service) => `${service}: immer mit Taste an der Maschine`,
  modes: { attended: 'beaufsichtigt', reconnect: 'darf wiederkommen', unattended: 'unbeaufsichtigt' },
  atMachine: (mode) => `An der Maschine gewählt: ${mode}.`,
  overruled: (mode) => `An der Maschine gewählt: ${mode}; das gilt nicht, solange dies an ist.`,
  text: 'Wie man in einen Dienst hineinkommt, wählen die Bediener an der Maschine. Hier wird es nur strenger: Solange der Schalter an ist, zählen keine stehende Zustimmung und keine geplante Zeit, und wer so hereinkam, ist sofort draußen.',
}

export const modeWords: Dictionary<ModeWords> = { en, de }
