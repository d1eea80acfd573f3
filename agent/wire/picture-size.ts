export interface PictureSize {
  readonly width: number
  readonly height: number
}

type Measure = (bytes: Bytes) => PictureSize | null

/** Reads beyond the end throw a RangeError. It runs in browsers too, where there is no `Buffer`. */
interface Bytes {
  readonly view: DataView
  readonly length: number
}

/** Pixels of what a browser would decode, as the picture's own head says; null where it does not say so. The bytes must be of this type by how they begin. */
export function pictureSize(whole: Uint8Array, type: string): PictureSize | null {
  const measure = Object.hasOwn(measures, type) ? measures[type] : undefined
  try {
    const bytes = { view: new DataView(whole.buffer, whole.byteOffset, whole.byteLength), length: whole.length }
    const size = measure?.(bytes) ?? null
    return size === null || size.width <= 0 || size.height <= 0 ? null : size
  } catch (error) {
    // It ends before its head does.
    if (error instanceof RangeError) return null
    throw error
  }
}

const measures: Readonly<Record<string, Measure>> = {
  'image/png': (bytes) => (tag(bytes, 12) === 'IHDR' ? { width: bytes.view.getUint32(16), height: bytes.view.getUint32(20) } : null),
  'image/jpeg': jpegSize,
  'image/gif': gifSize,
  'image/webp': webpSize,
  'image/avif': avifSize,
  'image/bmp': (bytes) => bitmapSize(bytes, 14),
  'image/x-icon': iconSize,
}

const tag = ({ view }: Bytes, at: number): string =>
  String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3))
/** The least significant first. */
const threeBytes = ({ view }: Bytes, at: number): number => view.getUint16(at, true) + view.getUint8(at + 2) * 0x1_00_00
const largest = ({ width, height }: PictureSize, other: PictureSize): PictureSize => ({
  width: Math.max(width, other.width),
  height: Math.max(height, other.height),
})

/** The largest of all its frame headers (ITU T.81, B.2.2). */
function jpegSize(bytes: Bytes): PictureSize | null {
  let size: PictureSize | null = null
  for (let at = 2; at + 4 <= bytes.length;) {
    const marker = bytes.view.getUint16(at)
    if (marker === 0xff_ff) at += 1
    else if (marker < 0xff_c0) return size
    else if (marker === 0xff_da || marker === 0xff_d9) return size
    else {
      const isFrame = marker <= 0xff_cf && ![0xff_c4, 0xff_c8, 0xff_cc].includes(marker)
      const found = isFrame ? { height: bytes.view.getUint16(at + 5), width: bytes.view.getUint16(at + 7) } : null
      if (found !== null) size = largest(found, size ?? found)
      at += 2 + bytes.view.getUint16(at + 2)
    }
  }
  return size
}

/** The screen, or a frame that reaches beyond it: browsers make room for it. */
function gifSize(bytes: Bytes): PictureSize {
  const tableBytes = (flags: number): number => ((flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1))
  const afterBlocks = (from: number): number => {
    let at = from
    while (at < bytes.length && bytes.view.getUint8(at) !== 0) at += 1 + bytes.view.getUint8(at)
    return at + 1
  }
  let size: PictureSize = { width: bytes.view.getUint16(6, true), height: bytes.view.getUint16(8, true) }
  for (let at = 13 + tableBytes(bytes.view.getUint8(10)); at + 10 <= bytes.length;) {
    if (bytes.view.getUint8(at) === 0x21) at = afterBlocks(at + 2)
    else if (bytes.view.getUint8(at) === 0x2c) {
      const [left, top, width, height] = [1, 3, 5, 7].map((place) => bytes.view.getUint16(at + place, true)) as [
        number,
        number,
        number,
        number,
      ]
      size = largest({ width: left + width, height: top + height }, size)
      at = afterBlocks(at + 11 + tableBytes(bytes.view.getUint8(at + 9)))
    } else break
  }
  return size
}

/** RFC 9649; what lies in an extended one may not be larger than its canvas. */
function webpSize(bytes: Bytes): PictureSize | null {
  const kind = tag(bytes, 12)
  if (kind === 'VP8X') return { width: 1 + threeBytes(bytes, 24), height: 1 + threeBytes(bytes, 27) }
  if (kind === 'VP8 ' && threeBytes(bytes, 23) === 0x2a_01_9d)
    return { width: bytes.view.getUint16(26, true) & 0x3f_ff, height: bytes.view.getUint16(28, true) & 0x3f_ff }
  if (kind !== 'VP8L' || bytes.view.getUint8(20) !== 0x2f) return null
  const bits = bytes.view.getUint32(21, true)
  return { width: 1 + (bits & 0x3f_ff), height: 1 + ((bits >>> 14) & 0x3f_ff) }
}

/** `ispe` in four letters. */
const ispe = 0x69_73_70_65

/** The largest of all that its items say of themselves (`ispe` of ISO/IEC 23008-12), wherever they stand. */
function avifSize(bytes: Bytes): PictureSize | null {
  let size: PictureSize | null = null
  for (let at = 0; at + 4 <= bytes.length; at += 1) {
    if (bytes.view.getUint32(at) !== ispe) continue
    const found = { width: bytes.view.getUint32(at + 8), height: bytes.view.getUint32(at + 12) }
    size = largest(found, size ?? found)
  }
  return size
}

/** A negative height: drawn from the top. */
function bitmapSize(bytes: Bytes, at: number): PictureSize {
  if (bytes.view.getUint32(at, true) === 12)
    return { width: bytes.view.getUint16(at + 4, true), height: bytes.view.getUint16(at + 6, true) }
  return { width: bytes.view.getInt32(at + 4, true), height: Math.abs(bytes.view.getInt32(at + 8, true)) }
}

/** The largest of its pictures, each a PNG or a bitmap, as they say themselves; the list of them has a byte only. */
function iconSize(bytes: Bytes): PictureSize | null {
  let size: PictureSize | null = null
  for (let one = 0; one < bytes.view.getUint16(4, true); one += 1) {
    const { buffer, byteOffset, byteLength } = bytes.view
    const from = bytes.view.getUint32(6 + one * 16 + 12, true)
    if (from > byteLength) return null
    const picture = new Uint8Array(buffer, byteOffset + from, byteLength - from)
    const view = new DataView(buffer, byteOffset + from, byteLength - from)
    const inside = { view, length: picture.length }
    const found = tag(inside, 0) === '\x89PNG' ? pictureSize(picture, 'image/png') : bitmapSize(inside, 0)
    if (found === null) return null
    size = largest(found, size ?? found)
  }
  return size
}
