import type { Dictionary } from '../../words/language.tsx'

/** What the panel says about which pages it shows, and about a session that stands still for it. */
export interface RecordingWords {
  readonly recorded: string
  readonly notRecorded: string
  readonly notSeen: (services: string) => string
  readonly demanded: (services: string) => string
  readonly pauses: (services: string) => string
  readonly pausedAt: (request: string, service: string) => string
  readonly pausedAtText: string
}

export const recordingWords: Dictionary<RecordingWords> = {
  en: {
    recorded: 'You see the technician’s pages.',
    notRecorded: 'You do not see the technician’s pages.',
    notSeen: (services) => `You will not see the pages of: ${services}.`,
    demanded: (services) => `When the picture stops, the session ends: ${services}.`,
    pauses: (services) => `It stops by itself at a request that no step explains: ${services}.`,
    pausedAt: (request, service) => `Stopped at ${request} (${service})`,
    pausedAtText:
      'No click and no input of the technician explains this request. It has not reached the machine. “Go on” lets it through, here and whenever it comes again in this session.',
  },
  de: {
    recorded: 'Sie sehen die Seiten des Technikers.',
    notRecorded: 'Sie sehen die Seiten des Technikers nicht.',
    notSeen: (services) => `Diese Seiten werden Sie nicht sehen: ${services}.`,
    demanded: (services) => `Bricht das Bild ab, endet die Sitzung: ${services}.`,
    pauses: (services) => `Hält von selbst an, wenn kein Schritt eine Anfrage erklärt: ${services}.`,
    pausedAt: (request, service) => `Angehalten bei ${request} (${service})`,
    pausedAtText:
      'Kein Klick und keine Eingabe des Technikers erklärt diese Anfrage. Sie hat die Maschine nicht erreicht. „Weiter“ lässt sie durch, jetzt und wenn sie in dieser Sitzung wiederkommt.',
  },
}
