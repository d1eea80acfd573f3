import { pictureSize } from './picture-size.ts'

/** A few kilobytes may be a picture that takes gigabytes where it is drawn: in the operator's browser. */
export const mostPixels = 16_000_000
/** Elements of an SVG that draw others again, or much at once. */
export const mostRepeats = 16
/** Of an SVG that has any. */
export const mostRepeatingBytes = 32 * 1024

/**
 * What a few bytes are, by how they begin: a raster image, an SVG that is drawn as an image (where no script runs and nothing is fetched), or a WOFF2 font.
 * Null for everything else, whatever somebody calls it, and for a picture that takes far more to be drawn than it has bytes, or does not say how much.
 */
export function assetType(bytes: Uint8Array): string | null {
  for (const [type, begins] of signatures) {
    if (!begins(bytes)) continue
    if (!type.startsWith('image/')) return type
    const size = pictureSize(bytes, type)
    return size !== null && size.width * size.height <= mostPixels ? type : null
  }
  return isSvg(bytes) && isModestSvg(bytes) ? 'image/svg+xml' : null
}

/** Each byte a character (ISO/IEC 8859-1). It runs in browsers too, where there is no `Buffer`, and their `latin1` is another one. */
function text(bytes: Uint8Array, from: number, to: number): string {
  const part = bytes.subarray(from, to)
  let all = ''
  for (let at = 0; at < part.length; at += 8_192) all += String.fromCharCode(...part.subarray(at, at + 8_192))
  return all
}

const signatures: readonly (readonly [string, (bytes: Uint8Array) => boolean])[] = [
  ['image/png', (bytes) => text(bytes, 0, 8) === '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', (bytes) => text(bytes, 0, 3) === '\xff\xd8\xff'],
  ['image/gif', (bytes) => /^GIF8[79]a/.test(text(bytes, 0, 6))],
  ['image/webp', (bytes) => text(bytes, 0, 4) === 'RIFF' && text(bytes, 8, 12) === 'WEBP'],
  ['image/avif', (bytes) => text(bytes, 4, 12) === 'ftypavif'],
  [
    'image/bmp',
    (bytes) =>
      text(bytes, 0, 2) === 'BM' && bytes.length > 26 && new DataView(bytes.buffer, bytes.byteOffset).getUint32(2, true) === bytes.length,
  ],
  ['image/x-icon', (bytes) => text(bytes, 0, 4) === '\0\0\x01\0' && bytes.length > 22],
  ['font/woff2', (bytes) => text(bytes, 0, 4) === 'wOF2'],
]

/** After what may stand before the first element: a mark of its encoding, a declaration, comments, a document type. */
function isSvg(bytes: Uint8Array): boolean {
  const start = text(bytes, 0, 4_096).replace(/^\xef\xbb\xbf/, '')
  return /^\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--(?:(?!-->)[^])*-->\s*)*(?:<!doctype svg[^>[]*>\s*)?(?:<!--(?:(?!-->)[^])*-->\s*)*<svg[\s>]/i.test(
    start,
  )
}

const encodings = /^(?:utf-?8|us-ascii|iso-8859-\d+|windows-125\d)$/i
const repeats = /<(?:[^\s<>/:]+:)?(?:use|pattern|marker|mask|filter|fe[a-z]+)[\s/>]/gi
/** Pictures and pages inside, which nobody measures. */
const embeds = /<(?:[^\s<>/:]+:)?(?:image|feimage|foreignobject)[\s/>]|data:|<!entity/i

/** A `use` of a `use` doubles with each that there is, as do patterns in patterns. In an encoding with escapes nothing of it would be seen. */
function isModestSvg(bytes: Uint8Array): boolean {
  const whole = text(bytes, 0, bytes.length)
  const encoding = /^[^<]*<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)/i.exec(whole)?.[1] ?? 'utf-8'
  if (!encodings.test(encoding) || embeds.test(whole)) return false
  const count = whole.match(repeats)?.length ?? 0
  return count === 0 || (count <= mostRepeats && bytes.length <= mostRepeatingBytes)
}
