import type { EndReason } from '../sessions/session.ts'
import type { PageLanguage } from './page-language.ts'
import type { RefusalKind } from './refusal.ts'

export interface PageText {
  /** The state as a word. */
  readonly state: string
  readonly title: string
  readonly sentence: string
}

type TooMany =
  | 'too_many_requests'
  | 'too_many_websockets'
  | 'too_many_streams'
  | 'too_many_streams_of_person'
  | 'too_many_requests_per_second'
  | 'too_many_requests_from_address'

type Unrecorded = 'recorder_missing' | 'page_sandboxed' | 'page_charset' | 'page_coding' | 'page_no_html'

interface PageTexts {
  readonly kinds: Readonly<Record<RefusalKind, PageText>>
  /** Why a session ended; `{by}` is a person's name. */
  readonly ended: Readonly<Record<EndReason, string>>
  /** The same where nobody's name is known. */
  readonly endedByNobody: Partial<Readonly<Record<EndReason, string>>>
  /** Which bound was met, by code. */
  readonly tooMany: Readonly<Record<TooMany, string>>
  /** What stands against recording it, by code. */
  readonly unrecorded: Readonly<Record<Unrecorded, string>>
  readonly foreign: string
  readonly action: string
  /** Loads the same address again. */
  readonly again: string
  readonly code: string
  /** Stands before the machine's name in the title line. */
  readonly machine: string
}

export const pageTexts: Readonly<Record<PageLanguage, PageTexts>> = {
  en: {
    kinds: {
      not_yours: {
        state: 'No access',
        title: 'This browser has not been let in',
        sentence: 'Sign in at the portal, choose the machine there and open the service again; its link works once and only for you.',
      },
      session_over: {
        state: 'Ended',
        title: 'This session is over',
        sentence: 'Ask for access again in the portal if you still have something to do.',
      },
      not_open: {
        state: 'Not open',
        title: 'This service is not open for you',
        sentence: 'The approval for this session does not cover it, or it was switched off at the machine; the portal shows what is open.',
      },
      machine_offline: {
        state: 'Offline',
        title: 'The machine is not connected',
        sentence: 'It opens its gate by itself as soon as it is back; your session survives a short gap, and its time goes on.',
      },
      service_not_answering: {
        state: 'No answer',
        title: 'The service on the machine does not answer',
        sentence: 'The machine is connected, but this program on it is not running or sent something unreadable; try again in a moment.',
      },
      bad_request: {
        state: 'Refused',
        title: 'This request cannot be passed on',
        sentence: 'It could be understood in more than one way or is larger than allowed, so nothing was sent to the machine.',
      },
      not_allowed: {
        state: 'Not allowed',
        title: 'A rule stands against this',
        sentence: 'What you are allowed to do in this session does not include this request; nothing was sent to the machine.',
      },
      view_only: {
        state: 'View only',
        title: 'The operator lets you only look',
        sentence:
          'Only requests with GET and HEAD pass; this one was not sent. It is a filter on methods: a GET can act on a machine too. The operator can allow more again.',
      },
      unrecorded: {
        state: 'Not recorded',
        title: 'The operator must see what you do here',
        sentence: 'This cannot be recorded for the operator, so it is not shown.',
      },
      too_many: {
        state: 'Too much at once',
        title: 'Too many requests at once',
        sentence: 'Close other tabs of this machine or wait a moment, then try again.',
      },
      not_found: {
        state: 'Nothing here',
        title: 'There is no such page',
        sentence: 'This part of the address belongs to the gateway, not to the machine.',
      },
      unavailable: {
        state: 'Unavailable',
        title: 'The gateway cannot let you in right now',
        sentence: 'It is stopping or could not check your access; try again in a moment.',
      },
    },
    ended: {
      completed: 'The work was reported as finished.',
      ended_by_operator: '{by} ended it at the machine.',
      ended_by_technician: '{by} ended it.',
      time_limit: 'The agreed time is over.',
      refused: '{by} refused it at the machine.',
      approval_timeout: 'Nobody at the machine answered in time.',
      withdrawn: 'The request was withdrawn.',
      policy: 'A condition for your access no longer holds.',
      switch_off: 'The remote service was switched off at the machine.',
      device_lost: 'The connection to the machine was lost for too long, or it was started again.',
      panel_lost: 'The panel at the machine was lost, so nobody could watch any more.',
      recorder_lost: 'The recording stopped, and without it nothing goes on.',
      clock: 'The clocks of machine and gateway differ too much.',
      suspended: 'The machine was suspended.',
      revoked: 'Access to the machine was revoked.',
      gateway_shutdown: 'The gateway was stopped.',
      error: 'A fault of the gateway ended it.',
    },
    endedByNobody: {
      ended_by_operator: 'The operator ended it at the machine.',
      ended_by_technician: 'The technician ended it.',
      refused: 'The operator refused it at the machine.',
    },
    tooMany: {
      too_many_requests: 'As many requests of this session as may be are waiting for the machine. Close other tabs of it, then try again.',
      too_many_websockets: 'As many live connections of this session as may be are open. Close other tabs of this machine, then try again.',
      too_many_streams: 'As many connections to this machine as it takes are open. Close other tabs of it, then try again.',
      too_many_streams_of_person: 'You have as many connections to machines open as one person may. Close some, then try again.',
      too_many_requests_per_second: 'You send more requests a second than one person may. Wait a moment, then try again.',
      too_many_requests_from_address:
        'Too many requests came from your network by browsers that were not let in. Wait a few seconds, then try again.',
    },
    unrecorded: {
      recorder_missing:
        'No recorder runs in your browser, so nothing was sent to the machine. Load the page again; extensions that block scripts stop the recorder.',
      page_sandboxed: 'The machine forbids every script on this page, the recorder too, so the page is not shown.',
      page_charset: 'This page is in an encoding in which it cannot be recorded for the operator, so it is not shown.',
      page_coding: 'This page is compressed in a way in which it cannot be recorded for the operator, so it is not shown.',
      page_no_html: 'This is no web page but a file or picture, which cannot be recorded for the operator, so it is not shown.',
    },
    foreign: 'Another website sent this request, so nothing was sent to the machine.',
    action: 'Go to the portal',
    again: 'Try again',
    code: 'Code',
    machine: 'Machine',
  },
  de: {
    kinds: {
      not_yours: {
        state: 'Kein Zugang',
        title: 'Dieser Browser wurde nicht eingelassen',
        sentence:
          'Melden Sie sich am Portal an, wählen Sie dort die Maschine und öffnen Sie den Dienst neu; der Link gilt einmal und nur für Sie.',
      },
      session_over: {
        state: 'Beendet',
        title: 'Diese Sitzung ist zu Ende',
        sentence: 'Fragen Sie im Portal neu an, wenn noch etwas zu tun ist.',
      },
      not_open: {
        state: 'Nicht offen',
        title: 'Dieser Dienst ist für Sie nicht offen',
        sentence:
          'Die Freigabe dieser Sitzung umfasst ihn nicht, oder er wurde an der Maschine ausgeschaltet; das Portal zeigt, was offen ist.',
      },
      machine_offline: {
        state: 'Offline',
        title: 'Die Maschine ist nicht verbunden',
        sentence:
          'Sie öffnet ihr Tor von selbst, sobald sie zurück ist; Ihre Sitzung übersteht eine kurze Lücke, und ihre Zeit läuft weiter.',
      },
      service_not_answering: {
        state: 'Keine Antwort',
        title: 'Der Dienst auf der Maschine antwortet nicht',
        sentence:
          'Die Maschine ist verbunden, aber dieses Programm läuft nicht oder hat Unlesbares gesendet; versuchen Sie es gleich noch einmal.',
      },
      bad_request: {
        state: 'Abgewiesen',
        title: 'Diese Anfrage kann nicht weitergegeben werden',
        sentence: 'Sie lässt sich auf mehr als eine Art verstehen oder ist größer als erlaubt; an die Maschine wurde nichts gesendet.',
      },
      not_allowed: {
        state: 'Nicht erlaubt',
        title: 'Eine Regel steht dagegen',
        sentence: 'Was Sie in dieser Sitzung dürfen, schließt diese Anfrage nicht ein; an die Maschine wurde nichts gesendet.',
      },
      view_only: {
        state: 'Nur ansehen',
        title: 'Der Bediener lässt Sie nur ansehen',
        sentence:
          'Nur Anfragen mit GET und HEAD gehen durch; diese wurde nicht gesendet. Das ist ein Filter nach Methoden: Auch ein GET kann an einer Maschine etwas auslösen. Der Bediener kann mehr wieder erlauben.',
      },
      unrecorded: {
        state: 'Nicht aufgezeichnet',
        title: 'Der Bediener muss sehen, was Sie hier tun',
        sentence: 'Das lässt sich für den Bediener nicht aufzeichnen, deshalb wird es nicht gezeigt.',
      },
      too_many: {
        state: 'Zu viel zugleich',
        title: 'Zu viele Anfragen auf einmal',
        sentence: 'Schließen Sie andere Tabs dieser Maschine oder warten Sie kurz, dann versuchen Sie es noch einmal.',
      },
      not_found: {
        state: 'Hier ist nichts',
        title: 'Diese Seite gibt es nicht',
        sentence: 'Dieser Teil der Adresse gehört dem Gateway, nicht der Maschine.',
      },
      unavailable: {
        state: 'Nicht verfügbar',
        title: 'Das Gateway kann Sie gerade nicht einlassen',
        sentence: 'Es wird beendet oder konnte Ihren Zugang nicht prüfen; versuchen Sie es gleich noch einmal.',
      },
    },
    ended: {
      completed: 'Die Arbeit wurde als fertig gemeldet.',
      ended_by_operator: '{by} hat sie an der Maschine beendet.',
      ended_by_technician: '{by} hat sie beendet.',
      time_limit: 'Die vereinbarte Zeit ist um.',
      refused: '{by} hat sie an der Maschine abgelehnt.',
      approval_timeout: 'An der Maschine hat niemand rechtzeitig geantwortet.',
      withdrawn: 'Die Anfrage wurde zurückgezogen.',
      policy: 'Eine Bedingung für Ihren Zugang gilt nicht mehr.',
      switch_off: 'Der Fernservice wurde an der Maschine ausgeschaltet.',
      device_lost: 'Die Verbindung zur Maschine war zu lange weg, oder sie wurde neu gestartet.',
      panel_lost: 'Das Bedienfeld an der Maschine ist ausgefallen, niemand konnte mehr zusehen.',
      recorder_lost: 'Die Aufzeichnung ist stehen geblieben, und ohne sie geht nichts weiter.',
      clock: 'Die Uhren von Maschine und Gateway weichen zu weit voneinander ab.',
      suspended: 'Die Maschine wurde ausgesetzt.',
      revoked: 'Der Zugang zur Maschine wurde widerrufen.',
      gateway_shutdown: 'Das Gateway wurde beendet.',
      error: 'Ein Fehler des Gateways hat sie beendet.',
    },
    endedByNobody: {
      ended_by_operator: 'Sie wurde an der Maschine vom Bediener beendet.',
      ended_by_technician: 'Sie wurde vom Techniker beendet.',
      refused: 'Sie wurde an der Maschine vom Bediener abgelehnt.',
    },
    tooMany: {
      too_many_requests:
        'So viele Anfragen dieser Sitzung, wie erlaubt sind, warten auf die Maschine. Schließen Sie andere Tabs von ihr, dann versuchen Sie es noch einmal.',
      too_many_websockets:
        'So viele laufende Verbindungen dieser Sitzung, wie erlaubt sind, sind offen. Schließen Sie andere Tabs dieser Maschine, dann versuchen Sie es noch einmal.',
      too_many_streams:
        'So viele Verbindungen, wie diese Maschine annimmt, sind offen. Schließen Sie andere Tabs von ihr, dann versuchen Sie es noch einmal.',
      too_many_streams_of_person:
        'Sie haben so viele Verbindungen zu Maschinen offen, wie eine Person darf. Schließen Sie einige, dann versuchen Sie es noch einmal.',
      too_many_requests_per_second:
        'Sie senden mehr Anfragen in der Sekunde, als eine Person darf. Warten Sie kurz, dann versuchen Sie es noch einmal.',
      too_many_requests_from_address:
        'Aus Ihrem Netz kamen zu viele Anfragen von Browsern, die nicht eingelassen sind. Warten Sie einige Sekunden, dann versuchen Sie es noch einmal.',
    },
    unrecorded: {
      recorder_missing:
        'In Ihrem Browser läuft keine Aufzeichnung; an die Maschine wurde nichts gesendet. Laden Sie die Seite neu; Erweiterungen, die Skripte sperren, halten die Aufzeichnung auf.',
      page_sandboxed: 'Die Maschine verbietet auf dieser Seite jedes Skript, auch die Aufzeichnung; sie wird deshalb nicht gezeigt.',
      page_charset: 'Diese Seite hat eine Zeichenkodierung, in der sie sich nicht aufzeichnen lässt; sie wird deshalb nicht gezeigt.',
      page_coding: 'Diese Seite ist so komprimiert, dass sie sich nicht aufzeichnen lässt; sie wird deshalb nicht gezeigt.',
      page_no_html:
        'Das ist keine Webseite, sondern eine Datei oder ein Bild; es lässt sich nicht aufzeichnen und wird deshalb nicht gezeigt.',
    },
    foreign: 'Eine andere Website hat diese Anfrage gesendet; an die Maschine wurde nichts weitergegeben.',
    action: 'Zum Portal',
    again: 'Noch einmal versuchen',
    code: 'Code',
    machine: 'Maschine',
  },
}
