import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { AgentError, errorCode } from '../basics/agent-error.ts'
import type { UpdateTrust } from './pinned-keys.ts'
import { parseRelease } from './release-note.ts'
import type { Release } from './release-note.ts'
import { longestNote, parseNote, verifyNote } from './signed-note.ts'

/** What a package says, once its signatures are right. */
export interface OpenPackage {
  readonly release: Release
  readonly signers: readonly string[]
  /** The whole note, with its signatures. */
  readonly note: Buffer
  /** Gives all of the program piece by piece, and rejects at the end when it is not what was signed. @throws AgentError `truncated`, `wrong_digest` */
  read(take: (chunk: Buffer) => Promise<void>): Promise<void>
  close(): Promise<void>
}

/** `sallyport-update 1 <bytes of the note>` and LF, the note, the program. */
const headPattern = /^sallyport-update 1 ([1-9]\d{0,5})\n/
const longestHead = 32
const chunkBytes = 1024 * 1024

export const packageHead = (note: Buffer): Buffer => Buffer.from(`sallyport-update 1 ${note.length}\n`, 'latin1')

/**
 * Opens a package whose note is signed as it must be; of the program nothing was looked at yet but its length.
 *
 * @throws AgentError `package_unreadable`, `bad_package`, `bad_signature`, `too_few_signatures`, `truncated`
 */
export async function openPackage(path: string, trust: UpdateTrust): Promise<OpenPackage> {
  let file: FileHandle
  try {
    file = await open(path, 'r')
  } catch (error) {
    throw new AgentError({ code: 'package_unreadable', message: `${path} cannot be read (${errorCode(error)}).`, cause: error })
  }
  try {
    const { note, offset } = await readHead(file)
    const signed = parseNote(note)
    const signers = verifyNote(signed, trust.keys, trust.threshold)
    const release = parseRelease(signed.text)
    const { size } = await file.stat()
    if (size < offset + release.length) throw truncated(size - offset, release.length)
    if (size > offset + release.length)
      throw new AgentError({ code: 'bad_package', message: 'More follows the program of the update than was signed.' })
    return { release, signers, note, read: (take) => readProgram(file, offset, release, take), close: () => file.close() }
  } catch (error) {
    await file.close()
    throw error
  }
}

async function readHead(file: FileHandle): Promise<{ readonly note: Buffer; readonly offset: number }> {
  const start = await readAt(file, 0, longestHead)
  const head = headPattern.exec(start.toString('latin1'))
  const length = Number(head?.[1] ?? 0)
  if (head === null || length > longestNote)
    throw new AgentError({ code: 'bad_package', message: 'This is not an update for sallyport-agent.' })
  const note = await readAt(file, head[0].length, length)
  if (note.length < length) throw truncated(note.length, length)
  return { note, offset: head[0].length + length }
}

async function readProgram(
  file: FileHandle,
  offset: number,
  { length, sha256 }: Release,
  take: (chunk: Buffer) => Promise<void>,
): Promise<void> {
  const hash = createHash('sha256')
  for (let at = 0; at < length;) {
    const chunk = await readAt(file, offset + at, Math.min(chunkBytes, length - at))
    if (chunk.length === 0) throw truncated(at, length)
    hash.update(chunk)
    await take(chunk)
    at += chunk.length
  }
  if (hash.digest('hex') !== sha256)
    throw new AgentError({
      code: 'wrong_digest',
      message: 'The program of the update is not the one that was signed: it was changed, or copied wrongly.',
    })
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, position + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}

function truncated(there: number, wanted: number): AgentError {
  return new AgentError({
    code: 'truncated',
    message: `The update is cut off: ${Math.max(0, there)} of ${wanted} bytes are there. Copy it again.`,
  })
}
