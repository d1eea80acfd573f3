import type { Dictionary } from '../../words/language.tsx'

/** What the portal says about calls for help. */
export interface HelpWords {
  readonly title: string
  readonly calls: string
  readonly calledBy: (by: string) => string
  readonly since: string
  readonly forServices: (services: string) => string
  readonly ticket: (ticket: string) => string
  readonly pressed: string
  readonly letsIn: (until: string) => string
  readonly take: string
  readonly taken: string
  readonly toSession: string
  readonly offline: string
}

export const helpWords: Dictionary<HelpWords> = {
  en: {
    title: 'Calls for help',
    calls: 'Calls for help',
    calledBy: (by) => `${by} at the machine calls for help`,
    since: 'since',
    forServices: (services) => `For ${services}`,
    ticket: (ticket) => `Ticket ${ticket}`,
    pressed: 'The operator sees who takes it and lets you in by a press.',
    letsIn: (until) => `Whoever takes it comes in without a press, until ${until}.`,
    take: 'Take the call',
    taken: 'Somebody else is in this machine or asks for it.',
    toSession: 'Go to my session',
    offline: 'The machine is not connected now.',
  },
  de: {
    title: 'Hilferufe',
    calls: 'Bittet um Hilfe',
    calledBy: (by) => `${by} an der Maschine bittet um Hilfe`,
    since: 'seit',
    forServices: (services) => `Für ${services}`,
    ticket: (ticket) => `Ticket ${ticket}`,
    pressed: 'Der Bediener sieht, wer den Ruf annimmt, und lässt Sie mit der Taste ein.',
    letsIn: (until) => `Wer den Ruf annimmt, kommt ohne Tastendruck herein, bis ${until}.`,
    take: 'Ruf annehmen',
    taken: 'Jemand anderes ist in dieser Maschine oder fragt sie an.',
    toSession: 'Zu meiner Sitzung',
    offline: 'Die Maschine ist gerade nicht verbunden.',
  },
}
