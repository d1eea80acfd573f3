import type { PanelMirrorPage } from '../../../agent/panel/panel-api.ts'
import type { Dictionary } from '../../words/language.tsx'

export interface MirrorWords {
  readonly title: string
  readonly live: string
  readonly notLive: string
  readonly paused: string
  readonly connecting: string
  readonly noPage: string
  /** The customer's setting. */
  readonly off: string
  /** Of a session without web services. */
  readonly bytesOnly: string
  readonly broken: string
  readonly otherAddress: string
  readonly holes: string
  readonly holesOf: Readonly<Record<Exclude<PanelMirrorPage['hole'], null>, string>>
  readonly larger: string
  readonly smaller: string
  readonly page: string
  readonly newestPage: string
  readonly untitled: string
  readonly steps: string
  readonly noSteps: string
  readonly whoSaysSo: string
  readonly opened: (what: string) => string
  readonly clicked: (what: string) => string
  readonly clickedSomewhere: string
  readonly changed: (what: string, from: string | null, to: string) => string
  readonly turned: (what: string, on: boolean) => string
  /** `size`: null while it is under way. */
  readonly downloaded: (file: string, size: string | null) => string
  readonly allRequests: string
  readonly fewerRequests: string
  readonly noAnswer: string
  readonly underWay: string
  readonly bytes: (up: string, down: string) => string
  readonly unexplained: string
  readonly unexplainedCount: (count: number) => string
}

const en: MirrorWords = {
  title: 'What the technician sees',
  live: 'Live',
  notLive: 'Not live',
  paused: 'Paused',
  connecting: 'Waiting for the picture.',
  noPage: 'No picture yet: no page of this machine is open, or the service organisation does not pass pages on.',
  off: 'The picture is switched off at this machine (mirror in agent.json). What this machine forwards is listed all the same.',
  bytesOnly: 'These services have no pages that could be shown. Connections and bytes are below.',
  broken: 'This page cannot be drawn. It is tried again.',
  otherAddress: 'The picture cannot be shown at this address. Open the panel as 127.0.0.1 or localhost.',
  holes:
    'Hatched and named: cannot be shown, such as videos, pages of others, and pictures that the machine did not give out in this session.',
  holesOf: {
    sandboxed: 'This page cannot be shown: the machine forbids it scripts and an origin (sandbox).',
    charset: 'This page cannot be shown: its text encoding cannot be changed safely.',
    coding: 'This page cannot be shown: it is compressed in a way that the gateway cannot read.',
    busy: 'This page cannot be shown just now: the gateway carries too many pictures. It is tried again.',
    too_large: 'Something on this page is too large to be shown.',
  },
  larger: 'Larger',
  smaller: 'Smaller',
  page: 'Page',
  newestPage: 'The newest',
  untitled: 'Without a title',
  steps: 'Steps',
  noSteps: 'Nothing yet.',
  whoSaysSo:
    'Steps are told by the technician’s browser. Requests and downloads (with an arrow) were seen by this machine itself and alone count as evidence.',
  opened: (what) => `Opened “${what}”`,
  clicked: (what) => `Clicked “${what}”`,
  clickedSomewhere: 'Clicked on the page',
  changed: (what, from, to) => (from === null ? `Changed “${what}” to “${to}”` : `Changed “${what}” from “${from}” to “${to}”`),
  turned: (what, on) => (on ? `Turned “${what}” on` : `Turned “${what}” off`),
  downloaded: (file, size) => (size === null ? `Downloads “${file}”, under way` : `Downloaded “${file}”, ${size}`),
  allRequests: 'Show all requests',
  fewerRequests: 'Only changes and downloads',
  noAnswer: 'no answer',
  underWay: 'under way',
  bytes: (up, down) => `${up} up, ${down} down`,
  unexplained: 'No step explains this',
  unexplainedCount: (count) => (count === 1 ? 'One request that no step explains' : `${count} requests that no step explains`),
}

const de: MirrorWords = {
  title: 'Was der Techniker sieht',
  live: 'Live',
  notLive: 'Nicht live',
  paused: 'Pausiert',
  connecting: 'Warte auf das Bild.',
  noPage: 'Noch kein Bild: Keine Seite dieser Maschine ist offen, oder die Serviceorganisation gibt Seiten nicht weiter.',
  off: 'Das Bild ist an dieser Maschine ausgeschaltet (mirror in agent.json). Was diese Maschine weitergibt, wird trotzdem aufgelistet.',
  bytesOnly: 'Diese Dienste haben keine Seiten, die sich zeigen ließen. Verbindungen und Bytes stehen unten.',
  broken: 'Diese Seite lässt sich nicht zeichnen. Es wird erneut versucht.',
  otherAddress: 'Unter dieser Adresse lässt sich das Bild nicht zeigen. Öffnen Sie das Panel als 127.0.0.1 oder localhost.',
  holes:
    'Schraffiert und benannt: nicht darstellbar, etwa Videos, fremde Seiten und Bilder, die die Maschine in dieser Sitzung nicht ausgab.',
  holesOf: {
    sandboxed: 'Diese Seite lässt sich nicht zeigen: Die Maschine verbietet ihr Skripte und eine Herkunft (sandbox).',
    charset: 'Diese Seite lässt sich nicht zeigen: Ihre Zeichenkodierung lässt sich nicht sicher ändern.',
    coding: 'Diese Seite lässt sich nicht zeigen: Sie ist so komprimiert, dass das Gateway sie nicht lesen kann.',
    busy: 'Diese Seite lässt sich gerade nicht zeigen: Das Gateway hat zu viele Bilder zu übertragen. Es wird erneut versucht.',
    too_large: 'Etwas auf dieser Seite ist zu groß, um gezeigt zu werden.',
  },
  larger: 'Größer',
  smaller: 'Kleiner',
  page: 'Seite',
  newestPage: 'Die neueste',
  untitled: 'Ohne Titel',
  steps: 'Schritte',
  noSteps: 'Noch nichts.',
  whoSaysSo:
    'Schritte meldet der Browser des Technikers. Anfragen und Downloads (mit Pfeil) hat diese Maschine selbst gesehen; nur sie gelten als Beleg.',
  opened: (what) => `Öffnete „${what}“`,
  clicked: (what) => `Klickte „${what}“`,
  clickedSomewhere: 'Klickte auf die Seite',
  changed: (what, from, to) => (from === null ? `Änderte „${what}“ auf „${to}“` : `Änderte „${what}“ von „${from}“ auf „${to}“`),
  turned: (what, on) => (on ? `Schaltete „${what}“ ein` : `Schaltete „${what}“ aus`),
  downloaded: (file, size) => (size === null ? `„${file}“ wird heruntergeladen` : `„${file}“ heruntergeladen, ${size}`),
  allRequests: 'Alle Anfragen zeigen',
  fewerRequests: 'Nur Änderndes und Downloads',
  noAnswer: 'keine Antwort',
  underWay: 'läuft',
  bytes: (up, down) => `${up} hin, ${down} zurück`,
  unexplained: 'Kein Schritt erklärt das',
  unexplainedCount: (count) => (count === 1 ? 'Eine Anfrage, die kein Schritt erklärt' : `${count} Anfragen, die kein Schritt erklärt`),
}

export const mirrorWords: Dictionary<MirrorWords> = { en, de }
