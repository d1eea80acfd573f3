import type { Dictionary } from '../../words/language.tsx'

/** What the portal says about asking for what somebody else can grant. */
export interface GrantWords {
  readonly title: string
  readonly forMe: string
  readonly mine: string
  readonly openCount: (count: number) => string
  readonly emptyForMe: string
  readonly emptyMine: string
  readonly askForIt: string
  readonly askTitle: string
  readonly askText: (role: string) => string
  readonly askCustomer: string
  readonly note: string
  readonly noteHint: string
  readonly send: string
  readonly noMail: string
  readonly askRights: string
  readonly askRightsText: string
  readonly rights: string
  readonly rightsNote: string
  readonly rightsHint: string
  readonly waiting: string
  readonly asked: string
  readonly granted: string
  readonly declined: string
  readonly withdrawn: string
  readonly asks: (name: string) => string
  readonly on: (service: string, machine: string) => string
  readonly declinedBy: (name: string) => string
  readonly grantedBy: (name: string) => string
  readonly gone: string
  readonly withdraw: string
  readonly decline: string
  readonly declineTitle: string
  readonly declineHint: string
  readonly done: string
  readonly doneTitle: string
  readonly doneHint: string
  readonly answer: string
  readonly toPerson: string
  readonly toMachine: string
  readonly endsByItself: string
  readonly sign: string
  readonly roles: Readonly<Record<string, string>>
}

const en: GrantWords = {
  title: 'Requests',
  forMe: 'For me to answer',
  mine: 'What I asked for',
  openCount: (count) => `${count} open`,
  emptyForMe: 'Nobody asks for anything.',
  emptyMine: 'You asked for nothing. Where something is denied that somebody can grant, you can ask for it beside the reason.',
  askForIt: 'Ask for it',
  askTitle: 'Ask for what is missing',
  askText: (role) => `This goes to ${role}, with your name, the machine and the reason.`,
  askCustomer:
    'The customer decides this. Your request goes to the customer’s administrator; where the customer has none here, the service administration gets it and talks with the customer.',
  note: 'What do you need it for',
  noteHint: 'One sentence helps whoever decides.',
  send: 'Send the request',
  noMail: 'They see it in this portal at once; no e-mail is sent. The answer comes here, under Requests.',
  askRights: 'Ask for rights',
  askRightsText: 'For machines that you do not see, or whatever else you lack. This goes to the service administration.',
  rights: 'Rights in general',
  rightsNote: 'What do you need, and what for',
  rightsHint: 'Regions, product lines, services, since when.',
  waiting: 'waiting',
  asked: 'asked for, waits for an answer',
  granted: 'granted',
  declined: 'declined',
  withdrawn: 'withdrawn',
  asks: (name) => `${name} asks:`,
  on: (service, machine) => `${service} on ${machine}`,
  declinedBy: (name) => `Declined by ${name}.`,
  grantedBy: (name) => `Granted by ${name}.`,
  gone: 'Nothing of it stands against you any more.',
  withdraw: 'Withdraw',
  decline: 'Decline',
  declineTitle: 'Decline the request',
  declineHint: 'The person reads this. Say what to do instead.',
  done: 'Mark as granted',
  doneTitle: 'Mark the request as granted',
  doneHint: 'The person reads this. Grant it at the person first.',
  answer: 'Your answer',
  toPerson: 'Go to the person',
  toMachine: 'Go to the machine',
  endsByItself: 'Grant it there: the request ends by itself.',
  sign: 'Read and sign',
  roles: {
    service_administrator: 'the service administration',
    security_team: 'the security team',
    customer_administrator: 'the customer’s administrator',
  },
}

const de: GrantWords = {
  title: 'Anfragen',
  forMe: 'Von mir zu beantworten',
  mine: 'Was ich erbeten habe',
  openCount: (count) => `${count} offen`,
  emptyForMe: 'Niemand bittet um etwas.',
  emptyMine: 'Sie haben um nichts gebeten. Wo etwas fehlt, das jemand geben kann, können Sie neben dem Grund darum bitten.',
  askForIt: 'Darum bitten',
  askTitle: 'Um das Fehlende bitten',
  askText: (role) => `Das geht an ${role}, mit Ihrem Namen, der Maschine und dem Grund.`,
  askCustomer:
    'Das entscheidet der Kunde. Ihre Bitte geht an die Verwaltung des Kunden; hat er hier keine, bekommt sie die Serviceverwaltung und spricht mit ihm.',
  note: 'Wofür brauchen Sie es',
  noteHint: 'Ein Satz hilft dem, der entscheidet.',
  send: 'Bitte senden',
  noMail: 'Man sieht sie dort sofort in diesem Portal; eine E-Mail geht nicht hinaus. Die Antwort kommt hierher, unter Anfragen.',
  askRights: 'Um Rechte bitten',
  askRightsText: 'Für Maschinen, die Sie nicht sehen, oder was Ihnen sonst fehlt. Das geht an die Serviceverwaltung.',
  rights: 'Rechte allgemein',
  rightsNote: 'Was brauchen Sie, und wofür',
  rightsHint: 'Regionen, Produktlinien, Dienste, ab wann.',
  waiting: 'wartet',
  asked: 'erbeten, wartet auf Antwort',
  granted: 'erteilt',
  declined: 'abgelehnt',
  withdrawn: 'zurückgezogen',
  asks: (name) => `${name} bittet:`,
  on: (service, machine) => `${service} an ${machine}`,
  declinedBy: (name) => `Abgelehnt von ${name}.`,
  grantedBy: (name) => `Erteilt von ${name}.`,
  gone: 'Das steht Ihnen nicht mehr entgegen.',
  withdraw: 'Zurückziehen',
  decline: 'Ablehnen',
  declineTitle: 'Die Bitte ablehnen',
  declineHint: 'Die Person liest das. Sagen Sie, was sie stattdessen tun kann.',
  done: 'Als erteilt melden',
  doneTitle: 'Die Bitte als erteilt melden',
  doneHint: 'Die Person liest das. Erteilen Sie es zuerst bei der Person.',
  answer: 'Ihre Antwort',
  toPerson: 'Zur Person',
  toMachine: 'Zur Maschine',
  endsByItself: 'Erteilen Sie es dort: Die Bitte endet von selbst.',
  sign: 'Lesen und unterschreiben',
  roles: {
    service_administrator: 'die Serviceverwaltung',
    security_team: 'das Sicherheitsteam',
    customer_administrator: 'die Verwaltung des Kunden',
  },
}

export const grantWords: Dictionary<GrantWords> = { en, de }
