import type { Random } from '../basics/random.ts'

/** A Close frame as a server sends it (RFC 6455, section 5.5.1). The reason is cut to what a control frame holds. */
export function serverCloseFrame(code: number, reason: string): Buffer {
  const payload = closePayload(code, reason)
  return Buffer.concat([Buffer.from([0x88, payload.length]), payload])
}

/** The same as a client sends it: masked (section 5.3). */
export function clientCloseFrame(code: number, reason: string, random: Random): Buffer {
  const payload = closePayload(code, reason)
  const mask = random.bytes(4)
  const masked = payload.map((byte, at) => byte ^ mask[at & 3]!)
  return Buffer.concat([Buffer.from([0x88, 0x80 | payload.length]), mask, masked])
}

function closePayload(code: number, reason: string): Buffer {
  let text = reason
  while (Buffer.byteLength(text) > 123) text = text.slice(0, -1)
  const payload = Buffer.alloc(2 + Buffer.byteLength(text))
  payload.writeUInt16BE(code, 0)
  payload.write(text, 2, 'utf8')
  return payload
}
