import type { IncomingMessage } from 'node:http'
import type { RawHeaders } from './forwarded-headers.ts'

/** Requests without a body must say so where HTTP would otherwise expect one (RFC 9110, section 8.6). */
const bodyless = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS'])

/**
 * The framing that we write for a request, from what the parser saw of the one that came: never both lengths, never somebody else's bytes of
 * framing (RFC 9112, section 6; security.md, E1). A DELETE with a chunked body stays chunked. Null: it is ambiguous, refuse it.
 */
export function requestFraming(request: IncomingMessage): { readonly headers: RawHeaders; readonly hasBody: boolean } | null {
  const coding = request.headers['transfer-encoding']
  const length = request.headers['content-length']
  if (coding !== undefined) {
    if (length !== undefined || coding.toLowerCase() !== 'chunked' || request.httpVersion !== '1.1') return null
    return { headers: ['Transfer-Encoding', 'chunked'], hasBody: true }
  }
  if (length !== undefined) {
    if (!/^\d{1,15}$/.test(length)) return null
    return { headers: ['Content-Length', String(Number(length))], hasBody: Number(length) > 0 }
  }
  return { headers: bodyless.has(request.method ?? '') ? [] : ['Content-Length', '0'], hasBody: false }
}

/** `Content-Length` of an answer when it alone frames it; else our server chooses. */
export function answerFraming(answer: IncomingMessage): RawHeaders {
  const length = answer.headers['content-length']
  if (answer.headers['transfer-encoding'] !== undefined || length === undefined || !/^\d{1,15}$/.test(length)) return []
  return ['Content-Length', length]
}
