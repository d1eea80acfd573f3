export const opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9 } as const

/** One frame as it stands on the wire (RFC 6455, section 5.2), right or wrong. */
export function frame(options: {
  readonly opcode: number
  readonly payload: Buffer
  readonly masked: boolean
  readonly fin?: boolean
  /** RSV1 to RSV3 as a number: 4, 2 and 1. */
  readonly reserved?: number
}): Buffer {
  const { payload, masked, fin = true, reserved = 0 } = options
  const first = (fin ? 0x80 : 0) | (reserved << 4) | options.opcode
  const mask = Buffer.from(masked ? [1, 2, 3, 4] : [])
  const bit = masked ? 0x80 : 0
  let head: Buffer
  if (payload.length < 126) head = Buffer.from([first, bit | payload.length])
  else if (payload.length < 65_536) {
    head = Buffer.from([first, bit | 126, 0, 0])
    head.writeUInt16BE(payload.length, 2)
  } else {
    head = Buffer.alloc(10)
    head.set([first, bit | 127])
    head.writeBigUInt64BE(BigInt(payload.length), 2)
  }
  const body = masked ? Buffer.from(payload.map((byte, at) => byte ^ (mask[at % 4] ?? 0))) : payload
  return Buffer.concat([head, mask, body])
}
