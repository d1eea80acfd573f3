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
  const text = Buffer.from(reason, 'utf8')
  let end = Math.min(text.length, 123)
  // Never in the middle of a character: 0b10xxxxxx goes on with the one before it (RFC 3629, section 3).
  while (end < text.length && (text[end]! & 0xc0) === 0x80) end -= 1
  const payload = Buffer.alloc(2 + end)
  payload.writeUInt16BE(code, 0)
  text.copy(payload, 2, 0, end)
  return payload
}
