import type { PanelRecordingStop } from '../../../agent/panel/panel-api.ts'
import type { Dictionary } from '../../words/language.tsx'

export interface ReplayWords {
  /** In the history, a button. */
  readonly open: string
  readonly recorded: string
  readonly notRecorded: string
  readonly stopped: Readonly<Record<PanelRecordingStop, string>>
  readonly deletedBy: (by: string) => string
  readonly expired: string
  readonly lost: string
  readonly title: (name: string) => string
  readonly back: string
  readonly loading: string
  readonly unreadable: string
  readonly noPicture: string
  readonly play: string
  readonly pause: string
  readonly position: string
  readonly positionOf: (at: string, whole: string) => string
  readonly speed: (times: number) => string
  readonly skipIdle: string
  readonly steps: string
  readonly jump: (time: string) => string
  readonly began: string
  readonly ended: string
  readonly held: string
  readonly viewOnly: string
  readonly goesOn: string
  readonly wrote: (name: string, text: string) => string
  readonly refused: string
  readonly whoSaysSo: string
  readonly moreSteps: (count: number) => string
  readonly fate: string
  readonly acts: Readonly<
    Record<'remove' | 'protect' | 'unprotect', { readonly button: string; readonly title: string; readonly text: string }>
  >
  /** Beside the question, where no PIN is asked for. */
  readonly withoutPins: string
  readonly protectedBy: (by: string) => string
  /** Under the history, a button. */
  readonly older: string
}

const en: ReplayWords = {
  open: 'See what happened',
  recorded: 'Recorded at this machine',
  notRecorded: 'Not recorded any more',
  stopped: {
    disk_full: 'The recording ended early: the disk of this machine is full.',
    no_room:
      'The recording ended early: recordings that may not go, because they are protected or recent, fill what may be kept here. Some can be deleted.',
    too_slow: 'The recording ended early: the disk of this machine is too slow.',
    too_large: 'The recording ended early: it is as large as one may be here.',
    broken: 'The recording ended early: it cannot be written. The log of the agent says why.',
  },
  deletedBy: (by) => `The recording was deleted by ${by}`,
  expired: 'The recording is not kept any longer.',
  lost: 'The recording is lost.',
  title: (name) => `What ${name} did`,
  back: 'Back',
  loading: 'The recording is being read.',
  unreadable: 'The recording cannot be read.',
  noPicture: 'No picture at this moment.',
  play: 'Play',
  pause: 'Pause',
  position: 'Moment of the recording',
  positionOf: (at, whole) => `${at} of ${whole}`,
  speed: (times) => `Speed ${times}×`,
  skipIdle: 'Skip idle time',
  steps: 'Steps',
  jump: (time) => `Show the moment ${time}`,
  began: 'The session began',
  ended: 'The session ended',
  held: 'The operator paused the session',
  viewOnly: 'View only from here on',
  goesOn: 'The session went on',
  wrote: (name, text) => `${name} wrote: ${text}`,
  refused: 'This machine refused',
  whoSaysSo:
    'Steps and pictures were told by the technician’s browser. Requests and downloads (with an arrow) were seen by this machine itself and alone count as evidence.',
  moreSteps: (count) => `${count} more are not listed.`,
  fate: 'What becomes of this recording',
  acts: {
    remove: {
      button: 'Delete the recording',
      title: 'Delete this recording?',
      text: 'It cannot be brought back. The history keeps the session, and says who deleted its recording.',
    },
    protect: {
      button: 'Protect the recording',
      title: 'Protect this recording?',
      text: 'It then stays, also when its days are over or newer recordings need its room, until somebody takes the protection away.',
    },
    unprotect: {
      button: 'Take the protection away',
      title: 'Take the protection away?',
      text: 'It then goes like any recording: when its days are over, or when newer ones need its room.',
    },
  },
  withoutPins: 'This machine has no PINs: your name stands for you.',
  protectedBy: (by) => `Protected by ${by}`,
  older: 'Show older',
}

const de: ReplayWords = {
  open: 'Ansehen, was geschah',
  recorded: 'Wird an dieser Maschine aufgezeichnet',
  notRecorded: 'Wird nicht mehr aufgezeichnet',
  stopped: {
    disk_full: 'Die Aufzeichnung endete vorzeitig: Der Speicher dieser Maschine ist voll.',
    no_room:
      'Die Aufzeichnung endete vorzeitig: Aufzeichnungen, die nicht weichen dürfen, weil sie geschützt oder jung sind, füllen, was hier aufbewahrt werden darf. Man kann welche löschen.',
    too_slow: 'Die Aufzeichnung endete vorzeitig: Der Speicher dieser Maschine ist zu langsam.',
    too_large: 'Die Aufzeichnung endete vorzeitig: Sie ist so groß, wie eine hier werden darf.',
    broken: 'Die Aufzeichnung endete vorzeitig: Sie lässt sich nicht schreiben. Das Protokoll des Agenten sagt, warum.',
  },
  deletedBy: (by) => `Die Aufzeichnung wurde von ${by} gelöscht`,
  expired: 'Die Aufzeichnung wird nicht mehr aufbewahrt.',
  lost: 'Die Aufzeichnung ist verloren.',
  title: (name) => `Was ${name} getan hat`,
  back: 'Zurück',
  loading: 'Die Aufzeichnung wird gelesen.',
  unreadable: 'Die Aufzeichnung lässt sich nicht lesen.',
  noPicture: 'In diesem Moment gibt es kein Bild.',
  play: 'Abspielen',
  pause: 'Anhalten',
  position: 'Moment der Aufzeichnung',
  positionOf: (at, whole) => `${at} von ${whole}`,
  speed: (times) => `Tempo ${times}×`,
  skipIdle: 'Ohne Leerlauf',
  steps: 'Schritte',
  jump: (time) => `Den Moment ${time} zeigen`,
  began: 'Die Sitzung begann',
  ended: 'Die Sitzung endete',
  held: 'Der Bediener hielt die Sitzung an',
  viewOnly: 'Ab hier nur zusehen',
  goesOn: 'Die Sitzung ging weiter',
  wrote: (name, text) => `${name} schrieb: ${text}`,
  refused: 'Diese Maschine hat abgelehnt',
  whoSaysSo:
    'Schritte und Bilder hat der Browser des Technikers gemeldet. Anfragen und Downloads (mit Pfeil) hat diese Maschine selbst gesehen; nur sie gelten als Beleg.',
  moreSteps: (count) => `${count} weitere sind nicht aufgeführt.`,
  fate: 'Was aus dieser Aufzeichnung wird',
  acts: {
    remove: {
      button: 'Aufzeichnung löschen',
      title: 'Diese Aufzeichnung löschen?',
      text: 'Sie lässt sich nicht zurückholen. Der Verlauf behält die Sitzung und sagt, wer ihre Aufzeichnung gelöscht hat.',
    },
    protect: {
      button: 'Aufzeichnung schützen',
      title: 'Diese Aufzeichnung schützen?',
      text: 'Sie bleibt dann, auch wenn ihre Tage vorbei sind oder neuere ihren Platz brauchen, bis jemand den Schutz aufhebt.',
    },
    unprotect: {
      button: 'Schutz aufheben',
      title: 'Den Schutz aufheben?',
      text: 'Sie geht dann wie jede Aufzeichnung: wenn ihre Tage vorbei sind oder neuere ihren Platz brauchen.',
    },
  },
  withoutPins: 'Diese Maschine hat keine PINs: Ihr Name steht für Sie.',
  protectedBy: (by) => `Geschützt von ${by}`,
  older: 'Ältere zeigen',
}

export const replayWords: Dictionary<ReplayWords> = { en, de }
