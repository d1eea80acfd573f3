import { constants } from 'node:http2'
import type { TLSSocket } from 'node:tls'
import type { TunnelRefusal } from '../../agent/wire/agent-api.ts'

/** The error code of the GOAWAY that carries a refusal (RFC 9113, section 7). */
export function goawayCode(refusal: TunnelRefusal): number {
  if (refusal === 'replaced' || refusal === 'shutdown') return constants.NGHTTP2_NO_ERROR
  return refusal === 'too-many-connections' ? constants.NGHTTP2_ENHANCE_YOUR_CALM : constants.NGHTTP2_INADEQUATE_SECURITY
}

const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1')
const emptySettings = frame(0x4, Buffer.alloc(0))

/**
 * Says why and closes, without an HTTP/2 session for a peer that was not let in: connection preface, SETTINGS and GOAWAY whose debug data is
 * the reason (RFC 9113, sections 3.4 and 6.8).
 */
export function refuseTunnel(socket: TLSSocket, refusal: TunnelRefusal, lingerMs = 2_000): void {
  const payload = Buffer.concat([Buffer.alloc(8), Buffer.from(refusal, 'ascii')])
  payload.writeUInt32BE(goawayCode(refusal), 4)
  socket.on('error', () => {})
  // What the peer sends is read and dropped: unread bytes would turn our close into a reset that can overtake the reason.
  socket.resume()
  socket.end(Buffer.concat([preface, emptySettings, frame(0x7, payload)]))
  const timer = setTimeout(() => socket.destroy(), lingerMs)
  timer.unref()
  socket.once('close', () => clearTimeout(timer))
}

function frame(type: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(9)
  header.writeUIntBE(payload.length, 0, 3)
  header.writeUInt8(type, 3)
  return Buffer.concat([header, payload])
}
