import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { errorCode } from '../basics/agent-error.ts'
import type { Clock, Timer } from '../basics/clock.ts'
import { writeWhole } from '../state/write-whole.ts'
import { frameOf } from './recording-frame.ts'

/** Why nothing more of a session is recorded. */
export type RecordingFailure = 'disk_full' | 'no_room' | 'too_slow' | 'too_large' | 'broken'

/** Writes one recording. Nobody waits for it: what is added is written in the background, and never throws. */
export interface RecordingWriter {
  /** A JSON line, without its end. */
  add(line: Buffer): void
  /** Of the file, as far as it is written. */
  readonly bytes: number
  /** For the disk. */
  readonly waitingBytes: number
  /** Writes what waits, and ends. */
  close(): Promise<void>
}

export interface RecordingWriterOptions {
  readonly path: string
  readonly clock: Clock
  /** Before a frame is written: why it may not be, or null. */
  readonly mayWrite: (bytes: number) => Promise<RecordingFailure | null>
  /** It writes nothing more. What was written stays. */
  readonly onFailure: (why: RecordingFailure, error: unknown) => void
}

/** The longest that what was added waits, so that a process that is killed loses no more than a second with the time that writing takes. */
const flushMs = 500
const frameBytes = 1024 * 1024
/** A disk that is slower than what happens. */
export const mostWaitingBytes = 32 * 1024 * 1024
const newline = Buffer.from('\n')

export function createRecordingWriter({ path, clock, mayWrite, onFailure }: RecordingWriterOptions): RecordingWriter {
  let waiting: Buffer[] = []
  let waitingBytes = 0
  let bytes = 0
  let file: FileHandle | undefined
  let timer: Timer | undefined
  let writing: Promise<void> | undefined
  let over = false

  const fail = (why: RecordingFailure, error: unknown = null): void => {
    if (over) return
    over = true
    waiting = []
    timer?.cancel()
    onFailure(why, error)
  }
  const arm = (): void => {
    timer ??= clock.after(flushMs, () => void flush())
  }
  const take = (): Buffer => {
    const lines: Buffer[] = []
    let taken = 0
    for (const line of waiting) {
      if (taken > 0 && taken + line.length >= frameBytes) break
      taken += line.length + 1
      lines.push(line, newline)
    }
    waiting = waiting.slice(lines.length / 2)
    waitingBytes -= taken
    return Buffer.concat(lines)
  }
  const writeFrame = async (opened: FileHandle): Promise<void> => {
    const frame = await frameOf(take())
    const refusal = await mayWrite(frame.length)
    if (refusal !== null) return fail(refusal)
    await writeWhole(opened, frame, bytes)
    await opened.datasync()
    bytes += frame.length
  }
  const isMuch = (): boolean => waitingBytes >= frameBytes && !over
  const isUnwritten = (): boolean => !over && (waiting.length > 0 || writing !== undefined)
  /** What came meanwhile and is little waits for more. */
  const writeWaiting = async (): Promise<void> => {
    try {
      file ??= await open(path, 'wx', 0o600)
      do await writeFrame(file)
      while (isMuch())
    } catch (error) {
      const code = errorCode(error)
      // What may have been written of this frame is cut off.
      await file?.truncate(bytes).catch(() => {})
      fail(code === 'ENOSPC' || code === 'EDQUOT' ? 'disk_full' : 'broken', error)
    }
  }
  const flush = (): Promise<void> => {
    timer?.cancel()
    timer = undefined
    return (writing ??= writeWaiting().finally(() => {
      writing = undefined
      if (waiting.length > 0) arm()
    }))
  }
  return {
    add: (line) => {
      if (over) return
      waiting.push(line)
      waitingBytes += line.length + 1
      if (waitingBytes > mostWaitingBytes) return fail('too_slow')
      if (waitingBytes >= frameBytes) return void flush()
      arm()
    },
    get bytes() {
      return bytes
    },
    get waitingBytes() {
      return waitingBytes
    },
    close: async () => {
      while (isUnwritten()) await flush()
      over = true
      timer?.cancel()
      await writing
      await file?.close().catch(() => {})
    },
  }
}
