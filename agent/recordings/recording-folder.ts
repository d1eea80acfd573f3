import { mkdirSync, unlinkSync } from 'node:fs'
import { readdir, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode } from '../basics/agent-error.ts'

/** Where the recordings are: one file a session, for the agent's user alone. */
export interface RecordingFolder {
  pathOf(session: string): string
  /** Sessions whose file is there, with its size and when it was last written (Unix milliseconds). */
  list(): Promise<{ readonly session: string; readonly bytes: number; readonly changedAtMs: number }[]>
  /** Also one that is not there. @throws where it stays */
  remove(session: string): void
  /** Bytes that may still be written to its disk. */
  freeBytes(): Promise<number>
}

const ending = '.recording'

/** @throws what the file system throws */
export function recordingFolder(stateDir: string): RecordingFolder {
  const folder = join(stateDir, 'recordings')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const pathOf = (session: string): string => {
    if (!/^ses_[0-9a-f]{32}$/.test(session)) throw new Error('not the id of a session')
    return join(folder, `${session}${ending}`)
  }
  return {
    pathOf,
    list: async () => {
      const sessions = (await readdir(folder)).filter((name) => name.endsWith(ending)).map((name) => name.slice(0, -ending.length))
      const found = sessions.filter((session) => /^ses_[0-9a-f]{32}$/.test(session))
      return await Promise.all(
        found.map(async (session) => {
          const { size, mtimeMs } = await stat(pathOf(session))
          return { session, bytes: size, changedAtMs: Math.floor(mtimeMs) }
        }),
      )
    },
    remove: (session) => {
      try {
        unlinkSync(pathOf(session))
      } catch (error) {
        if (errorCode(error) !== 'ENOENT') throw error
      }
    },
    freeBytes: async () => {
      const { bavail, bsize } = await statfs(folder)
      return bavail * bsize
    },
  }
}
