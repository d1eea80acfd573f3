import type { Dictionary } from '../words/language.tsx'

export interface BarWords {
  readonly bar: string
  readonly skip: string
  /** What the frame is, for a screen reader. */
  readonly frame: (service: string, machine: string) => string
  readonly states: Readonly<Record<BarState, string>>
  readonly watched: {
    readonly watches: string
    readonly there: string
    readonly nobody: string
    readonly unknown: string
  }
  readonly recorded: { readonly yes: string; readonly no: string; readonly yesHint: string; readonly noHint: string }
  readonly letInBy: (operator: string) => string
  readonly timeLeft: string
  readonly minutesLeft: (minutes: 1 | 5) => string
  readonly chat: (unread: number) => string
  readonly close: string
  readonly newMessage: (name: string, text: string) => string
  readonly end: string
  /** Where there is no room. */
  readonly endShort: string
  readonly more: string
  readonly alone: string
  readonly aloneHint: string
  readonly isAlone: (service: string) => string
  readonly isAloneHint: string
  readonly back: string
  readonly portal: string
  readonly otherLanguage: string
  readonly notes: {
    readonly paused: (by: string | null) => string
    readonly pin: string
    readonly enabling: string
    readonly viewOnly: (by: string | null) => string
    readonly tunnelLost: string
    readonly lost: string
    readonly failed: string
  }
  readonly over: {
    readonly gone: string
    readonly again: string
    readonly signedOut: string
    readonly signedOutHint: string
    readonly signIn: string
  }
}

/** What the bar shows as its state: of several the one that holds most back. */
export type BarState = 'lost' | 'offline' | 'paused' | 'view_only' | 'live' | 'approved' | 'waiting'

export const barWords: Dictionary<BarWords> = {
  en: {
    bar: 'Remote session',
    skip: 'To the machine’s page',
    frame: (service, machine) => `${service} of ${machine}`,
    states: {
      lost: 'No contact',
      offline: 'Machine offline',
      paused: 'Paused',
      view_only: 'View only',
      live: 'Live',
      approved: 'Approved',
      waiting: 'Not let in yet',
    },
    watched: {
      watches: 'Operator watches',
      there: 'Operator at the panel',
      nobody: 'No panel connected',
      unknown: 'Panel not known',
    },
    recorded: {
      yes: 'Recorded',
      no: 'Not recorded',
      yesHint: 'What you see and do goes to the machine, for its operator to see. Passwords do not.',
      noHint: 'The operator does not get a picture of this page. What the gateway and the machine carry is noted all the same.',
    },
    letInBy: (operator) => `Let in by ${operator}`,
    timeLeft: 'Time left',
    minutesLeft: (minutes) => (minutes === 1 ? 'One minute left.' : 'Five minutes left.'),
    chat: (unread) => (unread === 0 ? 'Chat' : `Chat, ${unread} new`),
    close: 'Close the chat',
    newMessage: (name, text) => `${name} writes: ${text}`,
    end: 'End session',
    endShort: 'End',
    more: 'More',
    alone: 'Open without the bar',
    aloneHint: 'For pages that do not work in a frame. The page opens in a tab of its own; this one stays for time, chat and end.',
    isAlone: (service) => `${service} is open in a tab of its own`,
    isAloneHint: 'Time, chat and end stay here. The operator sees that tab as he saw this one.',
    back: 'Show it here again',
    portal: 'Session in the portal',
    otherLanguage: 'Deutsch',
    notes: {
      paused: (by) => `${by ?? 'The operator'} paused the session: nothing passes until it goes on. Nothing is lost.`,
      pin: 'A PIN is being typed at the machine: nothing passes meanwhile. Nothing is lost.',
      enabling: 'The service waits: somebody at the machine has to hold the enabling switch while you use it.',
      viewOnly: (by) => `${by ?? 'The operator'} lets you only look: what could change the machine is not sent.`,
      tunnelLost: 'The machine is not connected. It comes back by itself; the time goes on.',
      lost: 'No contact with the gateway. Trying again; the time goes on.',
      failed: 'That did not reach the gateway. Try again, or use the session’s page in the portal.',
    },
    over: {
      gone: 'The machine’s page is closed. Nothing of it is kept in this browser.',
      again: 'Go to the session in the portal',
      signedOut: 'You are signed out',
      signedOutHint: 'The machine’s page is closed. The session may go on: sign in at the portal and open it again.',
      signIn: 'Go to the portal',
    },
  },
  de: {
    bar: 'Fernsitzung',
    skip: 'Zur Seite der Maschine',
    frame: (service, machine) => `${service} an ${machine}`,
    states: {
      lost: 'Kein Kontakt',
      offline: 'Maschine nicht verbunden',
      paused: 'Angehalten',
      view_only: 'Nur ansehen',
      live: 'Live',
      approved: 'Freigegeben',
      waiting: 'Noch nicht eingelassen',
    },
    watched: {
      watches: 'Bediener sieht zu',
      there: 'Bediener am Panel',
      nobody: 'Kein Panel verbunden',
      unknown: 'Panel nicht bekannt',
    },
    recorded: {
      yes: 'Aufgezeichnet',
      no: 'Nicht aufgezeichnet',
      yesHint: 'Was Sie sehen und tun, geht an die Maschine, damit ihr Bediener es sehen kann. Passwörter nicht.',
      noHint: 'Der Bediener bekommt von dieser Seite kein Bild. Was Gateway und Maschine übertragen, wird trotzdem vermerkt.',
    },
    letInBy: (operator) => `Eingelassen von ${operator}`,
    timeLeft: 'Verbleibende Zeit',
    minutesLeft: (minutes) => (minutes === 1 ? 'Noch eine Minute.' : 'Noch fünf Minuten.'),
    chat: (unread) => (unread === 0 ? 'Chat' : `Chat, ${unread} neu`),
    close: 'Chat schließen',
    newMessage: (name, text) => `${name} schreibt: ${text}`,
    end: 'Sitzung beenden',
    endShort: 'Beenden',
    more: 'Mehr',
    alone: 'Ohne Leiste öffnen',
    aloneHint:
      'Für Seiten, die in einem Rahmen nicht gehen. Die Seite öffnet sich in einem eigenen Tab; dieser bleibt für Zeit, Chat und Beenden.',
    isAlone: (service) => `${service} ist in einem eigenen Tab offen`,
    isAloneHint: 'Zeit, Chat und Beenden bleiben hier. Der Bediener sieht jenen Tab wie zuvor diesen.',
    back: 'Wieder hier zeigen',
    portal: 'Sitzung im Portal',
    otherLanguage: 'English',
    notes: {
      paused: (by) => `${by ?? 'Der Bediener'} hat die Sitzung angehalten: Nichts geht durch, bis sie weitergeht. Nichts geht verloren.`,
      pin: 'An der Maschine wird gerade eine PIN eingegeben: So lange geht nichts durch. Nichts geht verloren.',
      enabling: 'Der Dienst wartet: An der Maschine muss jemand den Zustimmtaster halten, solange Sie ihn benutzen.',
      viewOnly: (by) => `${by ?? 'Der Bediener'} lässt Sie nur ansehen: Was die Maschine ändern könnte, wird nicht gesendet.`,
      tunnelLost: 'Die Maschine ist nicht verbunden. Sie kommt von selbst wieder; die Zeit läuft weiter.',
      lost: 'Kein Kontakt zum Gateway. Es wird weiter versucht; die Zeit läuft weiter.',
      failed: 'Das hat das Gateway nicht erreicht. Versuchen Sie es noch einmal, oder gehen Sie auf die Seite der Sitzung im Portal.',
    },
    over: {
      gone: 'Die Seite der Maschine ist geschlossen. In diesem Browser bleibt nichts von ihr.',
      again: 'Zur Sitzung im Portal',
      signedOut: 'Sie sind abgemeldet',
      signedOutHint:
        'Die Seite der Maschine ist geschlossen. Die Sitzung kann weitergehen: Melden Sie sich am Portal an und öffnen Sie sie neu.',
      signIn: 'Zum Portal',
    },
  },
}
