/** The longer side of a JPEG in pixels, from its frame header (ITU T.81, B.2.2); null for what is no such image. */
export function jpegSide(bytes: Buffer): number | null {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return null
  let at = 2
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0
    if (marker === 0xff) {
      at += 1
      continue
    }
    if (isFrame(marker)) return at + 9 <= bytes.length ? Math.max(bytes.readUInt16BE(at + 5), bytes.readUInt16BE(at + 7)) : null
    // Scan data before any frame, or an end.
    if (marker === 0xda || marker === 0xd9) return null
    const length = bytes.readUInt16BE(at + 2)
    if (length < 2) return null
    at += 2 + length
  }
  return null
}

/** SOF0 to SOF15; 0xc4, 0xc8 and 0xcc in between mean something else. */
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
