/**
 * What a few bytes are, by how they begin: a raster image, an SVG that is drawn as an image (where no script runs and nothing is fetched), or a WOFF2 font.
 * Null for everything else, whatever somebody calls it.
 */
export function assetType(bytes: Buffer): string | null {
  for (const [type, begins] of signatures) if (begins(bytes)) return type
  return isSvg(bytes) ? 'image/svg+xml' : null
}

const text = (bytes: Buffer, from: number, to: number): string => bytes.toString('latin1', from, to)

const signatures: readonly (readonly [string, (bytes: Buffer) => boolean])[] = [
  ['image/png', (bytes) => text(bytes, 0, 8) === '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', (bytes) => text(bytes, 0, 3) === '\xff\xd8\xff'],
  ['image/gif', (bytes) => /^GIF8[79]a/.test(text(bytes, 0, 6))],
  ['image/webp', (bytes) => text(bytes, 0, 4) === 'RIFF' && text(bytes, 8, 12) === 'WEBP'],
  ['image/avif', (bytes) => text(bytes, 4, 12) === 'ftypavif'],
  ['image/bmp', (bytes) => text(bytes, 0, 2) === 'BM' && bytes.length > 26 && bytes.readUInt32LE(2) === bytes.length],
  ['image/x-icon', (bytes) => text(bytes, 0, 4) === '\0\0\x01\0' && bytes.length > 22],
  ['font/woff2', (bytes) => text(bytes, 0, 4) === 'wOF2'],
]

/** After what may stand before the first element: a mark of its encoding, a declaration, comments, a document type. */
function isSvg(bytes: Buffer): boolean {
  const start = text(bytes, 0, 4_096).replace(/^\xef\xbb\xbf/, '')
  return /^\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--(?:(?!-->)[^])*-->\s*)*(?:<!doctype svg[^>[]*>\s*)?(?:<!--(?:(?!-->)[^])*-->\s*)*<svg[\s>]/i.test(
    start,
  )
}
