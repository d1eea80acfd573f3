import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { frameHeaderBytes, isWhole, linesOf, readHeader } from './recording-frame.ts'
import type { FrameHeader } from './recording-frame.ts'

/** A stretch of a recording. */
export interface RecordingPart {
  /** JSON lines, without their ends. */
  readonly lines: readonly Buffer[]
  /** Where the next part begins, or null at the end of what was written whole. */
  readonly next: number | null
}

/** A part ends with the frame that brings it past this. */
const partBytes = 1024 * 1024

/** Reads from the frame at `offset` on. Null where none begins there. */
export async function readPart(path: string, offset: number): Promise<RecordingPart | null> {
  const file = await open(path, 'r')
  try {
    const lines: Buffer[] = []
    let at = offset
    for (let bytes = 0; bytes < partBytes;) {
      const frame = await readFrame(file, at)
      if (frame === null) return offset === at && at > 0 ? null : { lines, next: null }
      lines.push(...splitLines(frame.lines))
      bytes += frame.lines.length
      at = frame.next
    }
    return { lines, next: (await headerAt(file, at)) === null ? null : at }
  } finally {
    await file.close()
  }
}

/** Cuts off what was not written whole: a power cut, or a process that was killed. Returns the bytes that are left. */
export async function cutTornTail(path: string): Promise<number> {
  const file = await open(path, 'r+')
  try {
    let end = 0
    for (let next = await endOfFrame(file, 0); next !== null; next = await endOfFrame(file, end)) end = next
    if ((await file.stat()).size > end) await file.truncate(end)
    return end
  } finally {
    await file.close()
  }
}

/** Without looking into it. */
async function endOfFrame(file: FileHandle, at: number): Promise<number | null> {
  const header = await headerAt(file, at)
  if (header === null) return null
  const compressed = await bytesAt(file, at + frameHeaderBytes, header.compressed)
  return isWhole(header, compressed) ? at + frameHeaderBytes + header.compressed : null
}

async function readFrame(file: FileHandle, at: number): Promise<{ readonly lines: Buffer; readonly next: number } | null> {
  const header = await headerAt(file, at)
  if (header === null) return null
  const lines = await linesOf(header, await bytesAt(file, at + frameHeaderBytes, header.compressed))
  return lines === null ? null : { lines, next: at + frameHeaderBytes + header.compressed }
}

async function headerAt(file: FileHandle, at: number): Promise<FrameHeader | null> {
  return readHeader(await bytesAt(file, at, frameHeaderBytes))
}

async function bytesAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, at)
  return buffer.subarray(0, bytesRead)
}

function splitLines(lines: Buffer): Buffer[] {
  const found: Buffer[] = []
  let from = 0
  for (let end = lines.indexOf(0x0a); end !== -1; end = lines.indexOf(0x0a, from)) {
    found.push(lines.subarray(from, end))
    from = end + 1
  }
  return found
}
