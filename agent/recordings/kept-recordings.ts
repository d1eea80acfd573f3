import { AgentError } from '../basics/agent-error.ts'
import type { Clock } from '../basics/clock.ts'
import type { Logger } from '../basics/logger.ts'
import type { IdentifiedOperator } from '../operators/operator.ts'
import type { RecordingSettings } from '../settings/agent-settings.ts'
import type { ActStore } from '../state/act-store.ts'
import type { RecordingEntry, RecordingStore } from '../state/recording-store.ts'
import type { StateDatabase } from '../state/state-database.ts'
import { cutTornTail } from './read-recording.ts'
import type { RecordingFolder } from './recording-folder.ts'
import type { RecordingFailure } from './recording-writer.ts'

/** Those that are there, within what the customer allows: the oldest go first, and never the one that is being written or one that somebody protected. */
export interface KeptRecordings {
  /** A new one is to be written. @throws where the state cannot be */
  begin(session: string): void
  finish(session: string, bytes: number, stopped: RecordingFailure | null): void
  /** Makes room for so many bytes more of the one that is being written; why there is none, or null. */
  makeRoom(session: string, written: number, bytes: number): Promise<RecordingFailure | null>
  /** Puts right what a process that died left behind. */
  tidy(): Promise<void>
  expire(): void
  /** @throws AgentError `may_not_loosen`, `needs_proof`, `no_recording`, `not_durable` */
  remove(session: string, by: IdentifiedOperator): void
  /** It stays until it is deleted, or given free again as it would be deleted. @throws AgentError as `remove` */
  protect(session: string, by: string): void
  unprotect(session: string, by: IdentifiedOperator): void
}

export interface KeptRecordingsOptions {
  readonly settings: RecordingSettings
  readonly folder: RecordingFolder
  readonly store: RecordingStore
  readonly acts: ActStore
  readonly database: StateDatabase
  readonly clock: Clock
  readonly logger: Logger
  /** Why this operator may not take away what was recorded, or null. */
  readonly refuseRemoval: (by: IdentifiedOperator) => AgentError | null
  readonly onChange: () => void
}

/** So much of the disk is left to the agent's own records and to the machine. */
export const reservedBytes = 64 * 1024 * 1024
/** So many recordings as large as one may be are what is allowed: no session pushes out what was recorded of all others. */
export const largestOnes = 4
/** With `whenFull: stop` nothing that is younger goes for another session. */
export const recentDays = 7
const lookAtDiskEveryMs = 10_000
const dayMs = 86_400_000

export function createKeptRecordings(options: KeptRecordingsOptions): KeptRecordings {
  const { settings, folder, store, database, clock, logger } = options
  let lookedAtMs: number | null = null

  /** What keeps nobody waiting is tried: the next start puts it right. */
  const attempt = (what: string, run: () => void): void => {
    try {
      run()
    } catch (error) {
      logger.warn({ error }, what)
    }
  }
  const write = (entry: Omit<RecordingEntry, 'protectedBy'>): void => database.transaction(() => store.put(entry))
  const drop = (entry: RecordingEntry, isEarly = false): void => {
    attempt('a recording that is too old or too much cannot be removed', () => {
      const atMs = clock.nowMs()
      folder.remove(entry.session)
      database.transaction(() => {
        store.put({ ...entry, state: 'expired', atMs })
        if (isEarly) options.acts.put({ atMs, act: 'recording_expired', service: null, by: '' })
      })
      logger.info({ session: entry.session, bytes: entry.bytes }, 'a recording was removed to keep within what is allowed')
    })
  }
  const others = (session: string): RecordingEntry[] => store.there().filter((one) => one.session !== session)
  const mayGo = ({ startedAtMs, protectedBy }: RecordingEntry): boolean =>
    protectedBy === null && (settings.whenFull === 'oldest' || startedAtMs <= clock.nowMs() - recentDays * dayMs)
  const expire = (): void => {
    const before = clock.nowMs() - settings.keepDays * dayMs
    const old = store
      .there()
      .filter(({ state, startedAtMs, protectedBy }) => state === 'kept' && protectedBy === null && startedAtMs < before)
    for (const entry of old) drop(entry)
    if (old.length > 0) options.onChange()
  }
  /** Looks now and then only: others fill the disk too. */
  const fitsOnDisk = async (session: string): Promise<boolean> => {
    if (lookedAtMs !== null && clock.monotonicMs() - lookedAtMs < lookAtDiskEveryMs) return true
    for (const entry of [...others(session).filter(mayGo), null]) {
      if ((await folder.freeBytes()) >= reservedBytes) {
        lookedAtMs = clock.monotonicMs()
        return true
      }
      if (entry !== null) drop(entry, true)
    }
    return false
  }
  /** Of one that is kept, durably or not at all; `by`: who takes something away. */
  const change = (session: string, by: IdentifiedOperator | null, run: (entry: RecordingEntry) => void): void => {
    const refusal = by === null ? null : options.refuseRemoval(by)
    if (refusal !== null) throw refusal
    const entry = store.find(session)
    if (entry?.state !== 'kept') throw new AgentError({ code: 'no_recording', message: 'There is no recording of this session.' })
    try {
      database.transaction(() => run(entry))
    } catch (error) {
      logger.error({ error, session }, 'what becomes of a recording cannot be written')
      throw new AgentError({ code: 'not_durable', message: 'The recording cannot be changed. Check the disk.', cause: error })
    }
    options.onChange()
  }
  return {
    begin: (session) => {
      expire()
      write({ session, startedAtMs: clock.nowMs(), bytes: 0, state: 'open', stopped: null, by: null, atMs: null })
    },
    finish: (session, bytes, stopped) =>
      attempt('the end of a recording cannot be written', () => {
        const entry = store.find(session)
        if (entry?.state === 'open') write({ ...entry, bytes, stopped, state: bytes === 0 ? 'lost' : 'kept' })
      }),
    makeRoom: async (session, written, bytes) => {
      if (written + bytes > settings.keepBytes / largestOnes) return 'too_large'
      const kept = others(session)
      let total = kept.reduce((sum, one) => sum + one.bytes, written + bytes)
      const old = kept.filter(mayGo)
      if (total - old.reduce((sum, one) => sum + one.bytes, 0) > settings.keepBytes) return 'no_room'
      for (const entry of old) {
        if (total <= settings.keepBytes) break
        drop(entry, true)
        total -= entry.bytes
      }
      return (await fitsOnDisk(session)) ? null : 'disk_full'
    },
    tidy: async () => {
      const files = new Map((await folder.list()).map((file) => [file.session, file]))
      for (const entry of store.there()) {
        const file = files.get(entry.session)
        files.delete(entry.session)
        if (file === undefined) attempt('a lost recording cannot be noted', () => write({ ...entry, state: 'lost' }))
        else if (entry.state === 'open') {
          const bytes = await cutTornTail(folder.pathOf(entry.session))
          attempt('a recording cannot be noted', () => write({ ...entry, bytes, state: bytes === 0 ? 'lost' : 'kept' }))
          if (bytes === 0) folder.remove(entry.session)
        }
      }
      for (const { session, bytes, changedAtMs } of files.values()) {
        // Nobody has its session in his history, so it only waits for its time.
        if (store.find(session) === null) {
          const found = { session, startedAtMs: changedAtMs, bytes, state: 'kept', stopped: null, by: null, atMs: null } as const
          attempt('a recording cannot be noted', () => write(found))
        } else attempt('what is left of a recording cannot be removed', () => folder.remove(session))
      }
      expire()
    },
    expire,
    remove: (session, by) => {
      change(session, by, (entry) => {
        const { name } = by
        const atMs = clock.nowMs()
        store.put({ ...entry, state: 'deleted', by: name, atMs })
        store.protect(session, null)
        options.acts.put({ atMs, act: 'recording_deleted', service: null, by: name })
        folder.remove(session)
      })
      logger.info({ session, by: by.name }, 'a recording was deleted')
    },
    protect: (session, name) =>
      change(session, null, () => {
        store.protect(session, name)
        options.acts.put({ atMs: clock.nowMs(), act: 'recording_protected', service: null, by: name })
      }),
    unprotect: (session, by) =>
      change(session, by, ({ protectedBy }) => {
        if (protectedBy === null) return
        store.protect(session, null)
        options.acts.put({ atMs: clock.nowMs(), act: 'recording_unprotected', service: null, by: by.name })
      }),
  }
}
