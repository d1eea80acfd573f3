export interface PictureSize {
  readonly width: number
  readonly height: number
}

type Measure = (bytes: Buffer) => PictureSize | null

/** Pixels of what a browser would decode, as the picture's own head says; null where it does not say so. The bytes must be of this type by how they begin. */
export function pictureSize(bytes: Buffer, type: string): PictureSize | null {
  const measure = Object.hasOwn(measures, type) ? measures[type] : undefined
  try {
    const size = measure?.(bytes) ?? null
    return size === null || size.width <= 0 || size.height <= 0 ? null : size
  } catch (error) {
    // It ends before its head does.
    if (error instanceof RangeError) return null
    throw error
  }
}

const measures: Readonly<Record<string, Measure>> = {
  'image/png': (bytes) => (tag(bytes, 12) === 'IHDR' ? { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) } : null),
  'image/jpeg': jpegSize,
  'image/gif': gifSize,
  'image/webp': webpSize,
  'image/avif': avifSize,
  'image/bmp': (bytes) => bitmapSize(bytes, 14),
  'image/x-icon': iconSize,
}

const tag = (bytes: Buffer, at: number): string => bytes.toString('latin1', at, at + 4)
const largest = ({ width, height }: PictureSize, other: PictureSize): PictureSize => ({
  width: Math.max(width, other.width),
  height: Math.max(height, other.height),
})

/** The largest of all its frame headers (ITU T.81, B.2.2). */
function jpegSize(bytes: Buffer): PictureSize | null {
  let size: PictureSize | null = null
  for (let at = 2; at + 4 <= bytes.length;) {
    const marker = bytes.readUInt16BE(at)
    if (marker === 0xff_ff) at += 1
    else if (marker < 0xff_c0) return size
    else if (marker === 0xff_da || marker === 0xff_d9) return size
    else {
      const isFrame = marker <= 0xff_cf && ![0xff_c4, 0xff_c8, 0xff_cc].includes(marker)
      const found = isFrame ? { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) } : null
      if (found !== null) size = largest(found, size ?? found)
      at += 2 + bytes.readUInt16BE(at + 2)
    }
  }
  return size
}

/** The screen, or a frame that reaches beyond it: browsers make room for it. */
function gifSize(bytes: Buffer): PictureSize {
  const tableBytes = (flags: number): number => ((flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1))
  const afterBlocks = (from: number): number => {
    let at = from
    while (at < bytes.length && bytes[at] !== 0) at += 1 + bytes[at]!
    return at + 1
  }
  let size: PictureSize = { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) }
  for (let at = 13 + tableBytes(bytes.readUInt8(10)); at + 10 <= bytes.length;) {
    if (bytes[at] === 0x21) at = afterBlocks(at + 2)
    else if (bytes[at] === 0x2c) {
      const [left, top, width, height] = [1, 3, 5, 7].map((place) => bytes.readUInt16LE(at + place)) as [number, number, number, number]
      size = largest({ width: left + width, height: top + height }, size)
      at = afterBlocks(at + 11 + tableBytes(bytes.readUInt8(at + 9)))
    } else break
  }
  return size
}

/** RFC 9649; what lies in an extended one may not be larger than its canvas. */
function webpSize(bytes: Buffer): PictureSize | null {
  const kind = tag(bytes, 12)
  if (kind === 'VP8X') return { width: 1 + bytes.readUIntLE(24, 3), height: 1 + bytes.readUIntLE(27, 3) }
  if (kind === 'VP8 ' && bytes.readUIntBE(23, 3) === 0x9d_01_2a)
    return { width: bytes.readUInt16LE(26) & 0x3f_ff, height: bytes.readUInt16LE(28) & 0x3f_ff }
  if (kind !== 'VP8L' || bytes.readUInt8(20) !== 0x2f) return null
  const bits = bytes.readUInt32LE(21)
  return { width: 1 + (bits & 0x3f_ff), height: 1 + ((bits >>> 14) & 0x3f_ff) }
}

/** The largest of all that its items say of themselves (`ispe` of ISO/IEC 23008-12), wherever they stand. */
function avifSize(bytes: Buffer): PictureSize | null {
  let size: PictureSize | null = null
  for (let at = bytes.indexOf('ispe'); at !== -1; at = bytes.indexOf('ispe', at + 4)) {
    const found = { width: bytes.readUInt32BE(at + 8), height: bytes.readUInt32BE(at + 12) }
    size = largest(found, size ?? found)
  }
  return size
}

/** A negative height: drawn from the top. */
function bitmapSize(bytes: Buffer, at: number): PictureSize {
  if (bytes.readUInt32LE(at) === 12) return { width: bytes.readUInt16LE(at + 4), height: bytes.readUInt16LE(at + 6) }
  return { width: bytes.readInt32LE(at + 4), height: Math.abs(bytes.readInt32LE(at + 8)) }
}

/** The largest of its pictures, each a PNG or a bitmap, as they say themselves; the list of them has a byte only. */
function iconSize(bytes: Buffer): PictureSize | null {
  let size: PictureSize | null = null
  for (let one = 0; one < bytes.readUInt16LE(4); one += 1) {
    const picture = bytes.subarray(bytes.readUInt32LE(6 + one * 16 + 12))
    const found = tag(picture, 0) === '\x89PNG' ? pictureSize(picture, 'image/png') : bitmapSize(picture, 0)
    if (found === null) return null
    size = largest(found, size ?? found)
  }
  return size
}
