import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'

/** Addresses of this machine, as sockets name them: where a TLS front of one's own connects from. */
const loopback = /^(?:::ffff:)?127\.|^::1$/

/** Whether a connection from here may say on whose behalf it comes. */
export const isFront = (peer: string | undefined): boolean => loopback.test(peer ?? '')

/**
 * Who is at the other end. Behind a TLS front of one's own it is the last address of `X-Forwarded-For`: that one the front wrote itself, all before
 * it are the client's own words.
 */
export function clientAddress(request: IncomingMessage, behindFront: boolean): string {
  const peer = request.socket.remoteAddress ?? ''
  if (!behindFront || !isFront(peer)) return peer
  const said = [request.headers['x-forwarded-for'] ?? []].flat().join(',').split(',').at(-1)?.trim() ?? ''
  return isIP(said) > 0 ? said : peer
}
