export interface JpegSize {
  readonly width: number
  readonly height: number
}

/** Width and height of a JPEG from its start-of-frame segment (ITU T.81, B.2.2); undefined for what is not one. */
export function jpegSize(bytes: Uint8Array): JpegSize | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 4 || view.getUint16(0) !== 0xffd8 || bytes.at(-2) !== 0xff || bytes.at(-1) !== 0xd9) return undefined
  let offset = 2
  while (offset + 4 <= bytes.length) {
    if (view.getUint8(offset) !== 0xff) return undefined
    const marker = view.getUint8(offset + 1)
    if (marker === 0xff) {
      offset += 1
      continue
    }
    const length = view.getUint16(offset + 2)
    if (length < 2) return undefined
    if (isStartOfFrame(marker)) return frameSize(view, offset, length)
    // Scan data before any frame header, or an end: not an image.
    if (marker === 0xda || marker === 0xd9) return undefined
    offset += 2 + length
  }
  return undefined
}

const isStartOfFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)

function frameSize(view: DataView, offset: number, length: number): JpegSize | undefined {
  if (length < 8 || offset + 9 > view.byteLength) return undefined
  const size = { height: view.getUint16(offset + 5), width: view.getUint16(offset + 7) }
  return size.width > 0 && size.height > 0 ? size : undefined
}
