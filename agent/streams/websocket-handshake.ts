import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** RFC 6455, section 1.3. */
const acceptGuid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** Whether a request asks for a WebSocket as RFC 6455, section 4.2.1, wants it. Other upgrades (`h2c`) are none. */
export function isWebSocketRequest(request: IncomingMessage): boolean {
  const { headers } = request
  return (
    request.method === 'GET' &&
    request.httpVersion === '1.1' &&
    headers.upgrade?.trim().toLowerCase() === 'websocket' &&
    (headers.connection ?? '')
      .toLowerCase()
      .split(',')
      .some((token) => token.trim() === 'upgrade') &&
    headers['sec-websocket-version'] === '13' &&
    /^[A-Za-z0-9+/]{22}==$/.test(headers['sec-websocket-key'] ?? '') &&
    headers['content-length'] === undefined &&
    headers['transfer-encoding'] === undefined
  )
}

/** What a client may be offered: extensions that our frame parser understands. Null for none. */
export function offeredExtensions(request: IncomingMessage): string | null {
  const kept = (request.headers['sec-websocket-extensions'] ?? '').split(',').filter((one) => extensionName(one) === 'permessage-deflate')
  return kept.length === 0 ? null : kept.map((one) => one.trim()).join(', ')
}

export type HandshakeProblem = 'no_upgrade' | 'wrong_accept' | 'unasked_protocol' | 'unasked_extension'

/** Whether a 101 answers this very request (RFC 6455, section 4.1): anything else would be a tunnel for other bytes (security.md, E5). */
export function handshakeProblem(request: IncomingMessage, answer: IncomingMessage): HandshakeProblem | null {
  const { headers } = answer
  if (answer.statusCode !== 101 || headers.upgrade?.trim().toLowerCase() !== 'websocket') return 'no_upgrade'
  const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}${acceptGuid}`).digest('base64')
  if (headers['sec-websocket-accept'] !== accept) return 'wrong_accept'
  const protocol = headers['sec-websocket-protocol']
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((one) => one.trim())
  if (protocol !== undefined && !offered.includes(protocol)) return 'unasked_protocol'
  const extensions = headers['sec-websocket-extensions']
  if (extensions === undefined) return null
  return extensionName(extensions) === 'permessage-deflate' && !extensions.includes(',') && offeredExtensions(request) !== null
    ? null
    : 'unasked_extension'
}

/** After {@link handshakeProblem} found nothing. */
export function usesDeflate(answer: IncomingMessage): boolean {
  return answer.headers['sec-websocket-extensions'] !== undefined
}

function extensionName(extension: string): string {
  return (extension.split(';')[0] ?? '').trim().toLowerCase()
}
