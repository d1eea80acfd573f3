import type { Device } from '../../../gateway/http-api/contract/administration.ts'
import type { Dictionary } from '../../words/language.tsx'

/** What the portal says about whether the operator sees the pages of a service. */
export interface RecordingWords {
  readonly recorded: string
  readonly notRecorded: string
  readonly demanded: string
  readonly title: string
  readonly of: (service: string) => string
  readonly modes: Readonly<Record<Device['services'][number]['recording'], string>>
  readonly offAtMachine: string
  readonly text: string
  readonly pausedUnexplained: string
}

export const recordingWords: Dictionary<RecordingWords> = {
  en: {
    recorded: 'Recorded: the operator sees what you see and do.',
    notRecorded: 'Not recorded: the operator does not see these pages.',
    demanded: 'Recorded: the operator sees what you see and do. Without a running recorder the session ends.',
    title: 'What the operator sees',
    of: (service) => `Pages of ${service}`,
    modes: {
      mask_all: 'Every field as dots',
      mask_texts: 'Free text as dots',
      mask_passwords: 'Passwords as dots',
      off: 'Not recorded',
    },
    offAtMachine: 'Switched off at the machine.',
    text: 'Fields are masked in the technician’s browser, before anything leaves it. Passwords, one-time codes, card numbers and hidden fields always are. A change holds from the next page on.',
    pausedUnexplained:
      'The machine has stopped the session: no click or input of yours explains a request of this page. Nothing is lost; the operator decides whether it goes on.',
  },
  de: {
    recorded: 'Aufgezeichnet: Der Bediener sieht, was Sie sehen und tun.',
    notRecorded: 'Nicht aufgezeichnet: Der Bediener sieht diese Seiten nicht.',
    demanded: 'Aufgezeichnet: Der Bediener sieht, was Sie sehen und tun. Ohne laufende Aufzeichnung endet die Sitzung.',
    title: 'Was der Bediener sieht',
    of: (service) => `Seiten von ${service}`,
    modes: {
      mask_all: 'Jedes Feld als Punkte',
      mask_texts: 'Freier Text als Punkte',
      mask_passwords: 'Passwörter als Punkte',
      off: 'Nicht aufgezeichnet',
    },
    offAtMachine: 'An der Maschine ausgeschaltet.',
    text: 'Felder werden im Browser des Technikers unkenntlich gemacht, bevor etwas ihn verlässt. Passwörter, Einmalcodes, Kartennummern und verborgene Felder immer. Eine Änderung gilt ab der nächsten Seite.',
    pausedUnexplained:
      'Die Maschine hat die Sitzung angehalten: Kein Klick und keine Eingabe von Ihnen erklärt eine Anfrage dieser Seite. Nichts geht verloren; der Bediener entscheidet, ob es weitergeht.',
  },
}
