import type {
  PanelAct,
  PanelConnectionState,
  PanelMode,
  PanelOutcome,
  PanelProblemCode,
  PanelRefusal,
  PanelSession,
} from '../../../agent/panel/panel-api.ts'
import { panelWordsDe } from './panel-words-de.ts'
import { panelWordsEn } from './panel-words-en.ts'

/** Codes of a connection's reason that operators can meet; the agent may pass on others, of Node or OpenSSL. */
export type ConnectionReason =
  | 'revoked'
  | 'suspended'
  | 'expired'
  | 'certificate_expired'
  | 'unknown-device'
  | 'no-certificate'
  | 'bad-certificate'
  | 'foreign_certificate'
  | 'wrong-protocol'
  | 'wrong_protocol'
  | 'too-many-connections'
  | 'replaced'
  | 'shutdown'
  | 'dead'
  | 'flood'
  | 'closed'
  | 'dial_timeout'
  | 'ETIMEDOUT'
  | 'ECONNREFUSED'
  | 'ECONNRESET'
  | 'ENOTFOUND'
  | 'EAI_AGAIN'
  | 'ENETUNREACH'
  | 'EHOSTUNREACH'
  | 'bad_gateway_certificate'
  | 'tls_inspected'
  | 'other_authority'
  | 'proxy_unreachable'
  | 'proxy_refused'
  | 'proxy_wants_password'
  | 'proxy_password_unreadable'
  | 'bad_ca_file'
  | 'key_locked'
  | 'no_password'
  | 'enrolment_refused'
  | 'enrolment_unavailable'
  | 'enrolment_pending'
  | 'renewal_pending'
  | 'renewal_refused'
  | 'clock_ahead'
  | 'CERT_NOT_YET_VALID'
  | 'CERT_HAS_EXPIRED'

export interface PanelWords {
  readonly title: string
  readonly connection: Readonly<Record<PanelConnectionState, string>>
  readonly connectionReasons: Readonly<Record<ConnectionReason, string>>
  readonly otherReason: (code: string) => string
  readonly nextAttempt: (seconds: number) => string
  readonly strangerTitle: string
  readonly strangerSeen: (issuer: string) => string
  readonly strangerAsk: string
  /** What the certificate's end means, while it cannot be renewed. */
  readonly renewalFailed: (until: string) => string
  readonly idleTitle: string
  readonly idleText: string
  readonly remote: string
  /** Name of the switch for remote service as a whole. */
  readonly wholeMachine: string
  readonly remoteOff: string
  readonly remoteOffText: string
  /** While nobody has ever turned it. */
  readonly remoteDelivered: string
  /** The agent found other records than it left, or none. */
  readonly remoteLost: string
  readonly remoteTurned: (by: string, on: boolean) => string
  readonly remoteQuestion: (on: boolean) => string
  readonly remoteOffWarning: string
  readonly acts: Readonly<Record<PanelAct['act'], (by: string, service: string) => string>>
  /** In place of `idleText` while a consent stands. */
  readonly idleTextLoose: string
  readonly switches: string
  readonly switchesText: string
  readonly on: string
  readonly off: string
  readonly history: string
  readonly historyEmpty: string
  readonly outcomes: Readonly<Record<PanelOutcome, (by: string | null) => string>>
  readonly refused: string
  readonly refusedText: string
  /** What the gateway tried; null: more than can be named. */
  readonly refusedWhats: Readonly<Record<PanelRefusal['what'], (subject: string | null) => string>>
  readonly refusedWhys: Readonly<Record<PanelRefusal['why'], string>>
  readonly times: (count: number) => string
  readonly quiet: (name: string, until: string) => string
  readonly allowAsking: (name: string) => string
  readonly modes: Readonly<Record<PanelMode['name'], string>>
  readonly modeTexts: Readonly<Record<PanelMode['name'], (minutes: number) => string>>
  readonly modeBy: (by: string) => string
  readonly modeLimited: string
  readonly changeMode: string
  readonly modeQuestion: (service: string) => string
  readonly save: string
  readonly minutesOf: (minutes: number) => string
  readonly comeBackWithin: string
  readonly looserNeedsPin: string
  /** Always in sight while there is such a service. */
  readonly unattendedNow: (services: string) => string
  /** Whatever the switch beside it says. */
  readonly offInPortal: string
  readonly remoteOffInPortal: string
  readonly hardware: string
  /** Why: as the agent has it, a code. */
  readonly buttonGone: (why: string) => string
  readonly lampGone: (why: string) => string
  readonly enablingGone: (why: string) => string
  readonly enablingLetGoFirst: string
  /** Something that somebody chose at the panel waits for the button. */
  readonly pressNow: string
  readonly pressOnlyYours: string
  /** Beside a service whose bytes wait for the enabling switch. */
  readonly holdSwitch: string
  /** In place of the mode of such a service. */
  readonly enablingMode: string
  readonly pressRefused: (problem: string) => string
  readonly windows: string
  readonly noWindows: string
  readonly planWindow: string
  readonly planFor: string
  readonly planForNobody: string
  readonly planFrom: string
  readonly planUntil: string
  readonly withdraw: string
  readonly withdrawQuestion: (name: string) => string
  readonly window: (name: string, from: string, until: string, services: string) => string
  /** Which consent let him in. */
  readonly letInBy: Readonly<Record<PanelSession['mode'], (by: string) => string>>
  readonly stripNotPaired: string
  readonly enrolmentCode: string
  readonly enrolmentCodeText: string
  /** Somebody there has to agree. */
  readonly waitsForPerson: string
  /** With the same code, for a machine that was away for too long. */
  readonly renewalCode: string
  readonly renewalCodeText: string
  readonly whoAreYou: string
  readonly chooseOperator: string
  /** Whose PIN is asked for. */
  readonly pinOf: (operator: string) => string
  readonly pin: string
  readonly deleteDigit: string
  readonly enterPin: string
  readonly tryAgainIn: (duration: string) => string
  /** In place of the names while the list cannot be read. */
  readonly noOperators: string
  readonly switchQuestion: (service: string, enabled: boolean) => string
  readonly confirm: string
  readonly cancel: string
  readonly chooseService: string
  readonly shorter: string
  readonly longer: string
  readonly allow: string
  readonly allowFor: (duration: string) => string
  readonly allowMore: (duration: string) => string
  /** On the button that lets in, while no name is chosen. */
  readonly nameFirst: string
  readonly refuse: string
  readonly notNow: string
  readonly notNowText: string
  readonly notToday: string
  readonly refusedIn: (time: string) => string
  readonly soundOn: string
  readonly soundForRequests: string
  readonly soundOff: string
  readonly soundBlocked: string
  /** In place of {@link idleTitle} while the agent is silent. */
  readonly unknownTitle: string
  readonly wasLive: string
  readonly isInside: (name: string) => string
  readonly live: string
  readonly timeLeft: string
  readonly endNow: string
  readonly pause: string
  readonly goOn: string
  readonly viewOnly: string
  readonly allowActing: string
  readonly pausedTitle: string
  readonly viewOnlyTitle: string
  /** Where the messages of a service pass. */
  readonly viewOnlyTitleWithMessages: string
  /** What view only does not promise. `services`: whose messages pass; null: nobody's. */
  readonly viewOnlyText: (services: string | null) => string
  readonly conductLabel: string
  readonly endText: string
  /** How he showed who he is. */
  readonly proofs: Readonly<Record<PanelSession['proof'], string>>
  readonly streams: (count: number) => string
  readonly notUsed: string
  readonly bytes: (up: string, down: string) => string
  readonly lastActivity: string
  readonly nothingYet: string
  readonly minutesLeft: (minutes: number) => string
  readonly lost: (seconds: number) => string
  readonly lostText: string
  readonly lostSession: string
  readonly connecting: string
  readonly pairTitle: string
  readonly pairText: string
  readonly code: string
  readonly pair: string
  readonly paired: string
  readonly problems: Readonly<Record<PanelProblemCode, string>>
  readonly unreachable: string
}

export const panelWords = { en: panelWordsEn, de: panelWordsDe }
