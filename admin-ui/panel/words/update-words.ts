import type { PanelAct } from '../../../agent/panel/panel-api.ts'
import type { Dictionary } from '../../words/language.tsx'

/** Why an update was taken back or not taken; others are shown as codes. */
type UpdateReason =
  | 'crashed'
  | 'not_reached'
  | 'interrupted'
  | 'cannot_run'
  | 'no_space'
  | 'bad_signature'
  | 'too_few_signatures'
  | 'truncated'
  | 'wrong_digest'
  | 'bad_package'
  | 'wrong_platform'
  | 'not_newer'
  | 'update_expired'

type UpdateAct = Extract<PanelAct['act'], `update_${string}`>

/** What the panel says about newer versions of the agent. */
export interface UpdateWords {
  readonly title: (version: string) => string
  readonly fromTo: (from: string, version: string) => string
  readonly signedBy: (names: string) => string
  readonly developmentKeys: string
  readonly text: (from: string) => string
  readonly install: string
  readonly decline: string
  readonly installQuestion: (version: string) => string
  readonly declineQuestion: (version: string) => string
  readonly needsPin: string
  readonly agreed: (by: string | null) => string
  readonly waits: Readonly<Record<'session' | 'request' | 'offline', string>>
  readonly installing: string
  readonly takenBack: (version: string, from: string) => string
  readonly notTaken: (version: string) => string
  readonly reasons: Readonly<Record<UpdateReason, string>>
  readonly otherReason: (code: string) => string
  readonly acts: Readonly<Record<UpdateAct, (by: string, version: string) => string>>
}

export const updateWords: Dictionary<UpdateWords> = {
  en: {
    title: (version) => `Update to version ${version}`,
    fromTo: (from, version) => `From ${from} to ${version}`,
    signedBy: (names) => `Signed by ${names}`,
    developmentKeys: 'Signed with keys for development: anybody could have made it. Not for a machine at work.',
    text: (from) =>
      `Remote service stands still for a moment, the machine does not. If the new version does not reach the gateway within a minute, version ${from} runs again.`,
    install: 'Install',
    decline: 'Decline',
    installQuestion: (version) => `Install version ${version}`,
    declineQuestion: (version) => `Decline version ${version}`,
    needsPin: 'This needs the PIN of an operator who may loosen.',
    agreed: (by) => (by === null ? 'It is installed without a press, as set for this machine.' : `${by} agreed.`),
    waits: {
      session: 'It is installed when nobody is in the machine.',
      request: 'It is installed when the request is answered.',
      offline: 'It is installed when the gateway is reached.',
    },
    installing: 'It is being installed. This page comes back by itself.',
    takenBack: (version, from) => `The update to version ${version} was taken back: version ${from} runs.`,
    notTaken: (version) => (version === '?' ? 'An update was not taken.' : `The update to version ${version} was not taken.`),
    reasons: {
      crashed: 'The new version ended by itself.',
      not_reached: 'The new version did not reach the gateway in time. It may be tried again.',
      interrupted: 'The new version was interrupted twice before it reached the gateway.',
      cannot_run: 'Its file was damaged or cannot be run any more.',
      no_space: 'There is too little room on the disk.',
      bad_signature: 'A signature is false: it was changed after it was signed.',
      too_few_signatures: 'It is not signed by two of the three keys that this agent knows.',
      truncated: 'The file is cut off.',
      wrong_digest: 'The program in it is not the one that was signed.',
      bad_package: 'The file is no update, or a damaged one.',
      wrong_platform: 'It is for another kind of machine.',
      not_newer: 'It is not newer than what was here before.',
      update_expired: 'It was to be installed earlier.',
    },
    otherReason: (code) => `Reason: ${code}`,
    acts: {
      update_offered: (by, version) => `Update to version ${version} offered, signed by ${by}`,
      update_agreed: (by, version) => `${by} agreed to the update to version ${version}`,
      update_declined: (by, version) => `${by} declined the update to version ${version}`,
      update_rejected: (_by, version) => (version === '?' ? 'An update was not taken' : `The update to version ${version} was not taken`),
      update_installed: (_by, version) => `Version ${version} was installed`,
      update_rolled_back: (_by, version) => `The update to version ${version} was taken back`,
    },
  },
  de: {
    title: (version) => `Aktualisierung auf Version ${version}`,
    fromTo: (from, version) => `Von ${from} auf ${version}`,
    signedBy: (names) => `Signiert von ${names}`,
    developmentKeys: 'Mit Schlüsseln für die Entwicklung signiert: Jeder könnte sie gemacht haben. Nichts für eine Maschine im Betrieb.',
    text: (from) =>
      `Der Fernservice steht einen Moment still, die Maschine nicht. Erreicht die neue Version das Gateway nicht binnen einer Minute, läuft wieder Version ${from}.`,
    install: 'Installieren',
    decline: 'Ablehnen',
    installQuestion: (version) => `Version ${version} installieren`,
    declineQuestion: (version) => `Version ${version} ablehnen`,
    needsPin: 'Das braucht die PIN von jemandem, der lockern darf.',
    agreed: (by) => (by === null ? 'Sie wird ohne Tastendruck installiert, wie für diese Maschine eingestellt.' : `${by} hat zugestimmt.`),
    waits: {
      session: 'Sie wird installiert, sobald niemand in der Maschine ist.',
      request: 'Sie wird installiert, sobald die Anfrage beantwortet ist.',
      offline: 'Sie wird installiert, sobald das Gateway erreicht wird.',
    },
    installing: 'Sie wird gerade installiert. Diese Seite kommt von selbst wieder.',
    takenBack: (version, from) => `Die Aktualisierung auf Version ${version} wurde zurückgenommen: Version ${from} läuft.`,
    notTaken: (version) =>
      version === '?' ? 'Eine Aktualisierung wurde nicht angenommen.' : `Die Aktualisierung auf Version ${version} wurde nicht angenommen.`,
    reasons: {
      crashed: 'Die neue Version hat sich selbst beendet.',
      not_reached: 'Die neue Version hat das Gateway nicht rechtzeitig erreicht. Sie kann noch einmal versucht werden.',
      interrupted: 'Die neue Version wurde zweimal unterbrochen, bevor sie das Gateway erreichte.',
      cannot_run: 'Ihre Datei wurde beschädigt oder lässt sich nicht mehr ausführen.',
      no_space: 'Auf dem Datenträger ist zu wenig Platz.',
      bad_signature: 'Eine Signatur ist falsch: Sie wurde nach dem Signieren verändert.',
      too_few_signatures: 'Sie ist nicht von zwei der drei Schlüssel signiert, die dieser Agent kennt.',
      truncated: 'Die Datei ist abgeschnitten.',
      wrong_digest: 'Das Programm darin ist nicht das, das signiert wurde.',
      bad_package: 'Die Datei ist keine Aktualisierung oder eine beschädigte.',
      wrong_platform: 'Sie ist für eine andere Art von Maschine.',
      not_newer: 'Sie ist nicht neuer als das, was hier schon lief.',
      update_expired: 'Sie hätte früher installiert werden sollen.',
    },
    otherReason: (code) => `Grund: ${code}`,
    acts: {
      update_offered: (by, version) => `Aktualisierung auf Version ${version} angeboten, signiert von ${by}`,
      update_agreed: (by, version) => `${by} hat der Aktualisierung auf Version ${version} zugestimmt`,
      update_declined: (by, version) => `${by} hat die Aktualisierung auf Version ${version} abgelehnt`,
      update_rejected: (_by, version) =>
        version === '?' ? 'Eine Aktualisierung wurde nicht angenommen' : `Die Aktualisierung auf Version ${version} wurde nicht angenommen`,
      update_installed: (_by, version) => `Version ${version} wurde installiert`,
      update_rolled_back: (_by, version) => `Die Aktualisierung auf Version ${version} wurde zurückgenommen`,
    },
  },
}
