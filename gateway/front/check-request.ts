import type { IncomingMessage } from 'node:http'

/** Why a request cannot be handed to anybody. */
export type BadRequest = 'too many fields' | 'several hosts' | 'another host in the address' | 'not a path' | 'an unknown transfer coding'

/** Fields of a head. */
export const maxHeaderFields = 128

/**
 * Exactly one host may be named (RFC 9112, section 3.2): who answers is chosen by it, and whoever reads the address later must see the same one.
 * An absolute address (section 3.2.2) is cut down to its path, so that nobody behind this has to know that form. Of a transfer coding that is
 * not `chunked` alone, Node's parser learns too late: the handler has the request by then (section 6.1).
 */
export function checkRequest(request: IncomingMessage): BadRequest | null {
  const { headers } = request
  if (request.rawHeaders.length > 2 * maxHeaderFields) return 'too many fields'
  if ((request.headersDistinct['host']?.length ?? 0) > 1) return 'several hosts'
  const coding = headers['transfer-encoding']
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') return 'an unknown transfer coding'
  const absolute = /^https?:\/\/([^/?#]*)(.*)$/i.exec(request.url ?? '')
  if (absolute !== null) {
    const [, authority, path = ''] = absolute
    if (authority !== headers.host) return 'another host in the address'
    request.url = path.startsWith('/') ? path : `/${path}`
  }
  return request.url?.startsWith('/') === true ? null : 'not a path'
}
