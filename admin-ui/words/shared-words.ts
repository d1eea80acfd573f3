import type { EndReason, SessionState } from '../../gateway/http-api/contract/sessions.ts'
import type { Dictionary } from './language.tsx'

export interface SharedWords {
  readonly language: string
  readonly theme: string
  readonly themes: Readonly<Record<'auto' | 'light' | 'dark', string>>
  readonly operatorAtMachine: string
  readonly states: Readonly<Record<SessionState, string>>
  /** Why a session is over; `by` is a name, or null where nobody in particular ended it. */
  readonly endings: Readonly<Record<EndReason, (by: string | null) => string>>
  readonly request: {
    readonly reason: string
    readonly ticket: string
    readonly noTicket: string
    readonly services: string
    readonly duration: string
    readonly from: (organisation: string) => string
    readonly wantsIn: (name: string) => string
    readonly wantsMore: (name: string) => string
  }
}

const en: SharedWords = {
  language: 'Language',
  theme: 'Theme',
  themes: { auto: 'As the device', light: 'Light', dark: 'Dark' },
  operatorAtMachine: 'the operator at the machine',
  states: { requested: 'Requested', awaiting_approval: 'Waiting for the operator', approved: 'Approved', open: 'Live', ended: 'Ended' },
  endings: {
    completed: () => 'The work was completed.',
    ended_by_operator: (by) => `${by ?? 'The operator'} ended the session at the machine.`,
    ended_by_technician: (by) => `${by ?? 'The technician'} ended the session.`,
    time_limit: () => 'The agreed time was over.',
    refused: (by) => `${by ?? 'The operator at the machine'} refused the request.`,
    approval_timeout: () => 'Nobody at the machine answered in time.',
    withdrawn: (by) => `${by ?? 'The technician'} withdrew the request.`,
    policy: () => 'The access rules no longer allowed it.',
    switch_off: () => 'Remote service was switched off at the machine.',
    device_lost: () => 'The machine could not be reached any more.',
    panel_lost: () => 'The operator panel was not there any more.',
    recorder_lost: () => 'The recording could not go on.',
    clock: () => 'The clocks of the machine and the gateway differ too much.',
    suspended: () => 'The machine was suspended by an administrator.',
    revoked: () => 'The certificate of the machine was revoked.',
    gateway_shutdown: () => 'The gateway was shut down.',
    error: () => 'The gateway had to stop the session because of a fault of its own.',
  },
  request: {
    reason: 'Reason',
    ticket: 'Ticket',
    noTicket: 'none',
    services: 'Services',
    duration: 'Duration',
    from: (organisation) => organisation,
    wantsIn: (name) => `${name} asks to be let in`,
    wantsMore: (name) => `${name} asks for more time`,
  },
}

const de: SharedWords = {
  language: 'Sprache',
  theme: 'Darstellung',
  themes: { auto: 'Wie das Gerät', light: 'Hell', dark: 'Dunkel' },
  operatorAtMachine: 'der Bediener an der Maschine',
  states: {
    requested: 'Angefragt',
    awaiting_approval: 'Wartet auf den Bediener',
    approved: 'Freigegeben',
    open: 'Aktiv',
    ended: 'Beendet',
  },
  endings: {
    completed: () => 'Die Arbeit wurde abgeschlossen.',
    ended_by_operator: (by) => `${by ?? 'Der Bediener'} hat die Sitzung an der Maschine beendet.`,
    ended_by_technician: (by) => `${by ?? 'Der Techniker'} hat die Sitzung beendet.`,
    time_limit: () => 'Die vereinbarte Zeit war abgelaufen.',
    refused: (by) => `${by ?? 'Der Bediener an der Maschine'} hat die Anfrage abgelehnt.`,
    approval_timeout: () => 'An der Maschine hat niemand rechtzeitig geantwortet.',
    withdrawn: (by) => `${by ?? 'Der Techniker'} hat die Anfrage zurückgezogen.`,
    policy: () => 'Die Zugriffsregeln erlaubten es nicht mehr.',
    switch_off: () => 'Der Fernservice wurde an der Maschine ausgeschaltet.',
    device_lost: () => 'Die Maschine war nicht mehr erreichbar.',
    panel_lost: () => 'Das Bedienfeld war nicht mehr da.',
    recorder_lost: () => 'Die Aufzeichnung konnte nicht fortgesetzt werden.',
    clock: () => 'Die Uhren der Maschine und des Gateways weichen zu stark voneinander ab.',
    suspended: () => 'Die Maschine wurde von einem Administrator ausgesetzt.',
    revoked: () => 'Das Zertifikat der Maschine wurde widerrufen.',
    gateway_shutdown: () => 'Das Gateway wurde heruntergefahren.',
    error: () => 'Das Gateway musste die Sitzung wegen eines eigenen Fehlers beenden.',
  },
  request: {
    reason: 'Grund',
    ticket: 'Ticket',
    noTicket: 'keines',
    services: 'Dienste',
    duration: 'Dauer',
    from: (organisation) => organisation,
    wantsIn: (name) => `${name} bittet um Einlass`,
    wantsMore: (name) => `${name} bittet um mehr Zeit`,
  },
}

export const sharedWords: Dictionary<SharedWords> = { en, de }
