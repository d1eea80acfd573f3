import type { IncomingMessage } from 'node:http'
import { refuse, type Refusal } from './refusal.ts'

/** How long the body of a request is: known, unknown, or that there is none. The next hop's framing is built from this alone. */
export type RequestFraming = { readonly kind: 'none' } | { readonly kind: 'length'; readonly bytes: number } | { readonly kind: 'chunked' }

const none: RequestFraming = { kind: 'none' }

/** RFC 9112, section 6.3, with nothing forgiven: whoever announces two lengths wants two readers to see two requests (security.md, E1). */
export function requestFraming(req: Pick<IncomingMessage, 'rawHeaders'>): RequestFraming | Refusal {
  const lengths: string[] = []
  const codings: string[] = []
  for (let at = 0; at < req.rawHeaders.length; at += 2) {
    const name = req.rawHeaders[at]!.toLowerCase()
    if (name === 'content-length') lengths.push(req.rawHeaders[at + 1]!)
    else if (name === 'transfer-encoding') codings.push(req.rawHeaders[at + 1]!)
  }
  if (lengths.length + codings.length === 0) return none
  if (lengths.length + codings.length > 1) return refuse('bad_request', 'two_body_lengths')
  if (codings.length === 1) {
    return codings[0]!.toLowerCase() === 'chunked' ? { kind: 'chunked' } : refuse('bad_request', 'transfer_coding_unknown', { status: 501 })
  }
  const bytes = Number(lengths[0])
  if (!/^\d{1,16}$/.test(lengths[0]!) || !Number.isSafeInteger(bytes)) return refuse('bad_request', 'content_length_invalid')
  return bytes === 0 ? none : { kind: 'length', bytes }
}
