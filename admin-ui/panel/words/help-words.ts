import type { Dictionary } from '../../words/language.tsx'

/** What the panel says about calls for help. */
export interface HelpWords {
  readonly need: string
  readonly needText: string
  readonly what: string
  readonly whatMissing: string
  readonly ticket: string
  readonly whoComes: string
  readonly press: string
  readonly pressText: string
  readonly letIn: string
  readonly letInText: string
  readonly letInFor: string
  readonly minutes: (minutes: number) => string
  readonly notConnected: string
  readonly call: string
  readonly calledAt: (by: string, time: string) => string
  readonly waiting: string
  readonly letsIn: (until: string, by: string) => string
  readonly forServices: (services: string) => string
  readonly ticketOf: (ticket: string) => string
  readonly withdraw: string
  readonly withdrawQuestion: string
  /** Whoever came by the call alone goes with it. */
  readonly withdrawEnds: string
  /** Below the name. */
  readonly takes: string
  readonly took: (name: string) => string
}

export const helpWords: Dictionary<HelpWords> = {
  en: {
    need: 'I need help',
    needText: 'Call a technician of the service organisation',
    what: 'What is wrong?',
    whatMissing: 'Say in a few words what is wrong.',
    ticket: 'Ticket (optional)',
    whoComes: 'Letting in',
    press: 'I press when somebody comes.',
    pressText: 'You see name and photo first.',
    letIn: 'Whoever the service organisation sends may come in at once.',
    letInText: 'For this call alone, one technician, and no longer than you choose. You see who it is and can end it.',
    letInFor: 'For how long',
    minutes: (minutes) => `${minutes} min`,
    notConnected: 'This machine is not connected now. The call goes out as soon as it is.',
    call: 'Call',
    calledAt: (by, time) => `${by} called for help at ${time}`,
    waiting: 'Waiting for a technician. Nobody gets in before you press.',
    letsIn: (until, by) => `Waiting for a technician. Whoever takes the call comes in without a press until ${until}, as ${by} allowed.`,
    forServices: (services) => `For ${services}`,
    ticketOf: (ticket) => `Ticket ${ticket}`,
    withdraw: 'Withdraw the call',
    withdrawQuestion: 'Withdraw the call for help',
    withdrawEnds: 'The technician came in by this call alone: withdrawing it ends the session at once.',
    takes: 'Has taken your call',
    took: (name) => `${name} is here for your call for help`,
  },
  de: {
    need: 'Ich brauche Hilfe',
    needText: 'Einen Techniker der Serviceorganisation rufen',
    what: 'Was ist los?',
    whatMissing: 'Sagen Sie in ein paar Worten, was los ist.',
    ticket: 'Ticket (freiwillig)',
    whoComes: 'Einlassen',
    press: 'Ich drücke, wenn jemand kommt.',
    pressText: 'Sie sehen zuerst Namen und Foto.',
    letIn: 'Wen die Serviceorganisation schickt, der darf sofort herein.',
    letInText: 'Nur für diesen Ruf, ein Techniker, und nicht länger, als Sie wählen. Sie sehen, wer es ist, und können es beenden.',
    letInFor: 'Wie lange',
    minutes: (minutes) => `${minutes} min`,
    notConnected: 'Diese Maschine ist gerade nicht verbunden. Der Ruf geht hinaus, sobald sie es ist.',
    call: 'Rufen',
    calledAt: (by, time) => `${by} hat um ${time} um Hilfe gebeten`,
    waiting: 'Warten auf einen Techniker. Niemand kommt herein, bevor Sie drücken.',
    letsIn: (until, by) =>
      `Warten auf einen Techniker. Wer den Ruf annimmt, kommt bis ${until} ohne Tastendruck herein; erlaubt von ${by}.`,
    forServices: (services) => `Für ${services}`,
    ticketOf: (ticket) => `Ticket ${ticket}`,
    withdraw: 'Ruf zurückziehen',
    withdrawQuestion: 'Den Hilferuf zurückziehen',
    withdrawEnds: 'Der Techniker ist allein auf diesen Ruf hin hereingekommen: Zurückziehen beendet die Sitzung sofort.',
    takes: 'Hat Ihren Ruf angenommen',
    took: (name) => `${name} ist auf Ihren Hilferuf hin hier`,
  },
}
