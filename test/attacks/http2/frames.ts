/** HTTP/2 frames (RFC 9113, section 4.1), written by hand: no library would write most of what the attacks need. */
export const frameType = {
  data: 0x0,
  headers: 0x1,
  priority: 0x2,
  reset: 0x3,
  settings: 0x4,
  push: 0x5,
  ping: 0x6,
  goaway: 0x7,
  windowUpdate: 0x8,
  continuation: 0x9,
  altSvc: 0xa,
  origin: 0xc,
  priorityUpdate: 0x10,
  unknown: 0xbe,
} as const

/** END_STREAM and ACK share a bit: it depends on the frame which of them it is. */
export const flag = { endStream: 0x1, ack: 0x1, endHeaders: 0x4, padded: 0x8 } as const

const nothing = Buffer.alloc(0)

/** `length`: what the header claims, where that is a lie. */
export function frame(type: number, flags: number, stream: number, payload: Uint8Array = nothing, length = payload.length): Buffer {
  const header = Buffer.alloc(9)
  header.writeUIntBE(length, 0, 3)
  header.writeUInt8(type, 3)
  header.writeUInt8(flags, 4)
  header.writeUInt32BE(stream, 5)
  return Buffer.concat([header, payload])
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

export const repeat = (count: number, one: (at: number) => Buffer): Buffer =>
  Buffer.concat(Array.from({ length: count }, (_, at) => one(at)))

export const emptySettings = frame(frameType.settings, 0, 0)
export const settingsAck = frame(frameType.settings, flag.ack, 0)
/** What a client says first (section 3.4). */
export const clientPreface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1')
export const goaway = (lastStream: number, debug = ''): Buffer =>
  frame(frameType.goaway, 0, 0, Buffer.concat([uint32(lastStream), uint32(0), Buffer.from(debug, 'latin1')]))
export const windowUpdate = (stream: number, by: number): Buffer => frame(frameType.windowUpdate, 0, stream, uint32(by))
/** Bytes of a stream, in DATA frames that every peer takes. */
export const inFrames = (stream: number, payload: Buffer): Buffer[] =>
  Array.from({ length: Math.ceil(payload.length / 16_000) }, (_, at) =>
    frame(frameType.data, 0, stream, payload.subarray(at * 16_000, (at + 1) * 16_000)),
  )
export const setting = (id: number, value: number): Buffer =>
  frame(frameType.settings, 0, 0, Buffer.concat([Buffer.from([id >> 8, id & 0xff]), uint32(value)]))

/** A string of HPACK (RFC 7541, section 5.2), not Huffman-coded. */
export function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1')
  return Buffer.concat([integer(bytes.length, 7, 0), bytes])
}

/** An integer of HPACK with a prefix of so many bits (section 5.1), the bits above it being `pattern`. */
export function integer(value: number, bits: number, pattern: number): Buffer {
  const most = 2 ** bits - 1
  if (value < most) return Buffer.from([pattern | value])
  const bytes = [pattern | most]
  let left = value - most
  for (; left >= 128; left = Math.floor(left / 128)) bytes.push((left % 128) | 0x80)
  return Buffer.from([...bytes, left])
}

/** A literal field without indexing (section 6.2.2), and one that goes into the table (section 6.2.1). */
export const field = (name: string, value: string): Buffer => Buffer.concat([Buffer.from([0x00]), text(name), text(value)])
export const indexedField = (name: string, value: string): Buffer => Buffer.concat([Buffer.from([0x40]), text(name), text(value)])
/** `:status: 200` of the static table. */
export const status200 = Buffer.from([0x88])

export interface Frame {
  readonly type: number
  readonly flags: number
  readonly stream: number
  readonly payload: Buffer
}

/** The whole frames at the beginning, and how many bytes they are. */
export function wholeFrames(bytes: Buffer): { readonly frames: readonly Frame[]; readonly length: number } {
  const frames: Frame[] = []
  let at = 0
  while (at + 9 <= bytes.length) {
    const end = at + 9 + bytes.readUIntBE(at, 3)
    if (end > bytes.length) break
    frames.push({
      type: bytes.readUInt8(at + 3),
      flags: bytes.readUInt8(at + 4),
      stream: bytes.readUInt32BE(at + 5),
      payload: bytes.subarray(at + 9, end),
    })
    at = end
  }
  return { frames, length: at }
}
