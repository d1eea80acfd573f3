import { createHash } from 'node:crypto'
import { constants, createReadStream } from 'node:fs'
import { access, mkdir, open, readdir, readFile, rename, rm, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { AgentError, errorCode } from '../basics/agent-error.ts'
import { writeFileAtomic } from '../state/atomic-file.ts'
import { writeWhole } from '../state/write-whole.ts'
import type { OpenPackage } from './package-file.ts'
import type { UpdateTrust } from './pinned-keys.ts'
import { parseRelease, thisPlatform } from './release-note.ts'
import type { Release } from './release-note.ts'
import { parseNote, verifyNote } from './signed-note.ts'
import { versionsFolder } from './versions-record.ts'
import type { VersionsRecord } from './versions-record.ts'

export const programFile = (stateDir: string, sha256: string): string => join(versionsFolder(stateDir), `${sha256}.program`)
const noteFile = (stateDir: string, sha256: string): string => join(versionsFolder(stateDir), `${sha256}.note`)
const unfinished = '.new.program'
/** Left to the agent's own records. */
const spareBytes = 32 * 1024 * 1024

/**
 * Writes the program of a package to where it will be run, whole and durable or not at all; until then it lies under another name.
 *
 * @throws AgentError `no_space`, `truncated`, `wrong_digest`
 */
export async function storeProgram(stateDir: string, { release, note, read }: OpenPackage): Promise<void> {
  const folder = versionsFolder(stateDir)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const temporary = join(folder, unfinished)
  await rm(temporary, { force: true })
  await needSpace(folder, release.length)
  const file = await open(temporary, 'wx', 0o600)
  try {
    await read((chunk) => writeWhole(file, chunk))
    await file.chmod(0o700)
    await file.sync()
    await file.close()
    await rename(temporary, programFile(stateDir, release.sha256))
    await writeFileAtomic(noteFile(stateDir, release.sha256), note.toString('utf8'))
  } catch (error) {
    await file.close().catch(() => {})
    await rm(temporary, { force: true })
    throw asNoSpace(error, release.length)
  }
}

/** @throws AgentError `no_space` */
export async function needSpace(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  if (bavail * bsize < bytes + spareBytes) throw noSpace(bytes)
}

const noSpace = (bytes: number, cause?: unknown): AgentError =>
  new AgentError({
    cause,
    code: 'no_space',
    message: `The update needs ${Math.ceil((bytes + spareBytes) / 1_000_000)} MB that are free on the disk of the state directory.`,
  })

/** What went wrong in writing so many bytes, as people are told; what is nothing of the disk's stays as it is. */
export function asNoSpace(error: unknown, bytes: number): unknown {
  const code = errorCode(error)
  return code === 'ENOSPC' || code === 'EDQUOT' ? noSpace(bytes, error) : error
}

/**
 * Looks at a stored program as if it had just come: signatures, digest, and whether this user may run it.
 *
 * @throws AgentError `program_gone`, `wrong_digest`, `wrong_platform`, `not_executable`, `bad_signature`, `too_few_signatures`, `bad_package`
 */
export async function checkStored(stateDir: string, sha256: string, trust: UpdateTrust): Promise<Release> {
  const file = programFile(stateDir, sha256)
  try {
    const note = parseNote(await readFile(noteFile(stateDir, sha256)))
    verifyNote(note, trust.keys, trust.threshold)
    const release = parseRelease(note.text)
    if (release.sha256 !== sha256 || (await digestOf(file)) !== sha256)
      throw new AgentError({ code: 'wrong_digest', message: `${file} is not what was signed.` })
    if (release.platform !== thisPlatform) throw new AgentError({ code: 'wrong_platform', message: `${file} is for ${release.platform}.` })
    await access(file, constants.X_OK)
    return release
  } catch (error) {
    if (error instanceof AgentError) throw error
    const code = errorCode(error) === 'EACCES' ? 'not_executable' : 'program_gone'
    throw new AgentError({ code, message: `${file} cannot be run (${errorCode(error)}).`, cause: error })
  }
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

/** Programs of the state directory are run only by the user who owns it: nobody else's files become root's program. */
export async function isOurs(stateDir: string): Promise<boolean> {
  try {
    const { uid, mode } = await stat(versionsFolder(stateDir))
    return uid === process.geteuid?.() && (mode & 0o022) === 0
  } catch {
    return false
  }
}

/** Removes what no entry of the record names. */
export async function dropOthers(stateDir: string, { current, previous, trial }: VersionsRecord): Promise<void> {
  const folder = versionsFolder(stateDir)
  const named = new Set([current, previous, trial?.program])
  for (const name of await readdir(folder)) {
    const sha256 = /^([0-9a-f]{64})\.(?:program|note)$/.exec(name)?.[1]
    if (sha256 !== undefined && !named.has(sha256)) await rm(join(folder, name), { force: true })
  }
}
