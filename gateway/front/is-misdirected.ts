import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'

/**
 * Whether the request is for another name than the handshake was (RFC 6066, section 3; RFC 9110, section 7.4). On the one port that name chose who
 * listens: who answers must not be chosen by a second one. A client that names nobody in its handshake is believed.
 */
export function isMisdirected({ socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>): boolean {
  const named = socket instanceof TLSSocket ? (socket as TLSSocket & { readonly servername?: string | false | null }).servername : null
  if (typeof named !== 'string' || named === '') return false
  return named.toLowerCase() !== headers.host?.replace(/:\d*$/, '').toLowerCase()
}
