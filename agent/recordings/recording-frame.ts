import { crc32, zstdCompress, zstdDecompress } from 'node:zlib'

/**
 * A recording is a file of frames, each whole or not there: length of the compressed bytes, length of what they hold, CRC-32 of the compressed bytes
 * (each 32 bits, big-endian), then JSON lines compressed with zstd (RFC 8878). A frame's place in the file is its number for whoever reads.
 */
export const frameHeaderBytes = 12
/** A line of the mirror has 8 MiB at most, and a frame takes no other with a long one. */
const mostFrameBytes = 16 * 1024 * 1024

export interface FrameHeader {
  readonly compressed: number
  readonly raw: number
  readonly crc: number
}

export async function frameOf(lines: Buffer): Promise<Buffer> {
  const compressed = await new Promise<Buffer>((resolve, reject) => {
    zstdCompress(lines, (error, result) => (error === null ? resolve(result) : reject(error)))
  })
  const header = Buffer.alloc(frameHeaderBytes)
  header.writeUInt32BE(compressed.length, 0)
  header.writeUInt32BE(lines.length, 4)
  header.writeUInt32BE(crc32(compressed), 8)
  return Buffer.concat([header, compressed])
}

/** Null for what no frame begins with. */
export function readHeader(bytes: Buffer): FrameHeader | null {
  if (bytes.length < frameHeaderBytes) return null
  const header = { compressed: bytes.readUInt32BE(0), raw: bytes.readUInt32BE(4), crc: bytes.readUInt32BE(8) }
  return header.compressed === 0 || header.compressed > mostFrameBytes || header.raw > mostFrameBytes ? null : header
}

export function isWhole(header: FrameHeader, compressed: Buffer): boolean {
  return compressed.length === header.compressed && crc32(compressed) === header.crc
}

/** The lines of a frame, or null where it was not written whole. */
export async function linesOf(header: FrameHeader, compressed: Buffer): Promise<Buffer | null> {
  if (!isWhole(header, compressed)) return null
  const lines = await new Promise<Buffer | null>((resolve) => {
    zstdDecompress(compressed, { maxOutputLength: Math.max(1, header.raw) }, (error, result) => resolve(error === null ? result : null))
  })
  return lines?.length === header.raw ? lines : null
}
