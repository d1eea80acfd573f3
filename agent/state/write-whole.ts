import type { FileHandle } from 'node:fs/promises'

/** Writes all of the bytes, which one write need not; at `position`, or after what was written before. */
export async function writeWhole(file: FileHandle, bytes: Buffer, position: number | null = null): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at, position === null ? null : position + at)
    at += bytesWritten
  }
}
