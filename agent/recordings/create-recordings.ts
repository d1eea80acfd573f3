import type { LiveSession } from '../approvals/approval-state.ts'
import { AgentError, errorCode } from '../basics/agent-error.ts'
import type { Clock, Timer } from '../basics/clock.ts'
import type { Logger } from '../basics/logger.ts'
import type { Mirror } from '../mirror/create-mirror.ts'
import type { OperatorList } from '../operators/operator-list.ts'
import type { IdentifiedOperator } from '../operators/operator.ts'
import type { PanelRecording, PanelRecordingNow } from '../panel/panel-api-recordings.ts'
import type { RefusalRecord } from '../refusals/refusal-record.ts'
import type { AgentSettings, RecordingSettings } from '../settings/agent-settings.ts'
import type { ActStore } from '../state/act-store.ts'
import type { RecordingStore } from '../state/recording-store.ts'
import type { StateDatabase } from '../state/state-database.ts'
import { createKeptRecordings } from './kept-recordings.ts'
import type { KeptRecordings } from './kept-recordings.ts'
import { readPart } from './read-recording.ts'
import type { RecordingPart } from './read-recording.ts'
import { refuseRemoval } from './refuse-removal.ts'
import { recordSession } from './record-session.ts'
import type { SessionRecorder } from './record-session.ts'
import { recordingFolder } from './recording-folder.ts'
import type { RecordingFolder } from './recording-folder.ts'
import { createRecordingWriter } from './recording-writer.ts'
import type { RecordingFailure, RecordingWriter } from './recording-writer.ts'

/** What this machine keeps of its sessions, to be replayed at the panel. A session never waits for it. */
export interface Recordings {
  /** The live session or how it goes on may have changed: before the mirror forgets it. */
  sessionChanged(): void
  now(): PanelRecordingNow
  /** Null: none was made. */
  of(session: string): PanelRecording | null
  /** @throws AgentError `no_recording` */
  read(session: string, part: number): Promise<RecordingPart>
  /** @throws AgentError `may_not_loosen`, `needs_proof`, `no_recording`, `not_durable` */
  remove(session: string, by: IdentifiedOperator): void
  /** Keeps it beyond its days and before newer ones. @throws AgentError `unknown_operator`, `no_recording`, `not_durable` */
  protect(session: string, by: string): void
  /** @throws AgentError as `remove` */
  unprotect(session: string, by: IdentifiedOperator): void
  close(): Promise<void>
}

export interface RecordingsOptions {
  readonly settings: Pick<AgentSettings, 'recordings' | 'stateDir'>
  readonly database: StateDatabase
  readonly stores: { readonly recordings: RecordingStore; readonly acts: ActStore }
  readonly mirror: Pick<Mirror, 'pages' | 'requests' | 'assets'>
  readonly refusals: RefusalRecord
  readonly live: () => LiveSession | null
  readonly operators: Pick<OperatorList, 'pins' | 'known'>
  readonly clock: Clock
  readonly logger: Logger
  readonly title: (service: string) => string
  readonly onChange: () => void
  /** Only a test gives one. */
  readonly folder?: RecordingFolder
}

interface Current {
  readonly session: string
  readonly writer: RecordingWriter
  readonly recorder: SessionRecorder
}

const tidyEveryMs = 3_600_000

export function createRecordings(options: RecordingsOptions): Recordings {
  const { clock, logger, live } = options
  const { recordings: settings } = options.settings
  const { recordings: store } = options.stores
  let current: Current | null = null
  /** Of the session that lives. */
  let stopped: { readonly session: string; readonly why: RecordingFailure } | null = null
  let timer: Timer | undefined
  const closing = new Set<Promise<void>>()
  const { folder, kept } = openFolder(options)
  const ready = kept?.tidy().then(options.onChange, (error: unknown) => logger.warn({ error }, 'the recordings cannot be looked through'))

  const stop = (session: string, why: RecordingFailure, error: unknown): void => {
    logger.error({ session, why, error, reason: errorCode(error) }, 'the session is not recorded any more')
    stopped = { session, why }
    finish(why)
    options.onChange()
  }
  const finish = (why: RecordingFailure | null): void => {
    const over = current
    if (over === null) return
    current = null
    over.recorder.end()
    const closed = over.writer.close().then(() => {
      kept?.finish(over.session, over.writer.bytes, why)
      closing.delete(closed)
      options.onChange()
    })
    closing.add(closed)
  }
  const begin = (session: LiveSession): void => {
    const { id } = session
    if (settings === null || stopped?.session === id) return
    if (folder === null || kept === null) return stop(id, 'broken', null)
    try {
      kept.begin(id)
    } catch (error) {
      return stop(id, 'disk_full', error)
    }
    const writer: RecordingWriter = createRecordingWriter({
      path: folder.pathOf(id),
      clock,
      mayWrite: (bytes) => kept.makeRoom(id, writer.bytes, bytes),
      onFailure: (why, error) => {
        if (current?.session === id) stop(id, why, error)
      },
    })
    const { pages, requests, assets } = options.mirror
    const waitingBytes = (): number => writer.waitingBytes
    const recorder = recordSession({ ...options, live: session, add: writer.add, waitingBytes, pages, requests, assets })
    current = { session: id, writer, recorder }
  }
  const tidyAgain = (): void => {
    kept?.expire()
    timer = clock.after(tidyEveryMs, tidyAgain)
  }
  timer = clock.after(tidyEveryMs, tidyAgain)
  return {
    sessionChanged: () => {
      const session = live()
      if (current !== null && current.session !== session?.id) finish(null)
      if (session === null) return
      if (current === null) begin(session)
      else current.recorder.changed(session)
    },
    now: () => {
      if (settings === null) return { state: 'off', stopped: null }
      const why = stopped !== null && stopped.session === live()?.id ? stopped.why : null
      return { state: why === null ? 'on' : 'stopped', stopped: why }
    },
    of: (session) => {
      const found = store.find(session)
      if (found === null) return null
      const { state, bytes, stopped: why, by, atMs, protectedBy } = found
      return {
        state: state === 'open' ? 'recording' : state,
        bytes,
        stopped: why as RecordingFailure | null,
        by,
        at: atMs,
        protected_by: protectedBy,
      }
    },
    read: async (session, part) => {
      await ready
      if (folder === null || store.find(session)?.state !== 'kept') throw noRecording()
      const found = await readPart(folder.pathOf(session), part).catch((error: unknown) => {
        logger.warn({ error, session }, 'a recording cannot be read')
        return null
      })
      if (found === null) throw noRecording()
      return found
    },
    remove: (session, by) => {
      if (kept === null) throw noRecording()
      kept.remove(session, by)
    },
    protect: (session, by) => {
      options.operators.known(by)
      if (kept === null) throw noRecording()
      kept.protect(session, by)
    },
    unprotect: (session, by) => {
      if (kept === null) throw noRecording()
      kept.unprotect(session, by)
    },
    close: async () => {
      timer?.cancel()
      finish(null)
      await Promise.all([ready, ...closing])
    },
  }
}

/** Where the folder cannot be made, each session says that it is not recorded. */
function openFolder(options: RecordingsOptions): { readonly folder: RecordingFolder | null; readonly kept: KeptRecordings | null } {
  const { settings, stores, database, clock, logger, onChange } = options
  try {
    const folder = options.folder ?? recordingFolder(settings.stateDir)
    const { recordings: store, acts } = stores
    return {
      folder,
      kept: createKeptRecordings({
        settings: settings.recordings ?? keepNone,
        folder,
        store,
        acts,
        database,
        clock,
        logger,
        refuseRemoval: (by) => refuseRemoval(by, { pins: options.operators.pins, occupied: options.live() !== null }),
        onChange,
      }),
    }
  } catch (error) {
    logger.error({ error }, 'the folder of the recordings cannot be made')
    return { folder: null, kept: null }
  }
}

/** Those from before it was switched off have their time. */
const keepNone: RecordingSettings = { keepDays: 30, keepBytes: 0, whenFull: 'oldest' }

const noRecording = (): AgentError => new AgentError({ code: 'no_recording', message: 'There is no recording of this session.' })
