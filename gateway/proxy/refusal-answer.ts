import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { pageLanguage } from './page-language.ts'
import { pageMessage } from './page-message.ts'
import type { Refusal } from './refusal.ts'
import { refusalPage, refusalPagePolicy } from './refusal-page.ts'

interface Answer {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

export interface RefusalAnswerOptions {
  readonly portalOrigin: string
  readonly deviceName: string | undefined
  /** Origin of the bar that may show this in its frame; null: there is none. */
  readonly bar: string | null
}

/** The refusal as a page for whoever looks at one, as a problem document (RFC 9457) for scripts. */
function refusalAnswer(req: IncomingMessage, refusal: Refusal, options: RefusalAnswerOptions): Answer {
  const language = pageLanguage(req.headers['accept-language'])
  const page = looksAtPages(req)
  const framed = page && req.headers['sec-fetch-dest'] !== 'document' && req.headers['sec-fetch-dest'] !== undefined
  const text = page ? refusalPage({ refusal, language, framed, ...options }) : problem(refusal, language)
  const body = Buffer.from(text)
  return {
    body,
    headers: {
      'content-type': page ? 'text/html; charset=utf-8' : 'application/problem+json',
      'content-length': String(body.length),
      'content-language': language,
      'content-security-policy': refusalPagePolicy(options.bar),
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      vary: 'accept, accept-language, sec-fetch-dest',
      // Nothing of the machine stays in this browser; the cookie does, it says whose session it was.
      ...(refusal.kind === 'session_over' ? { 'clear-site-data': '"cache", "storage"' } : {}),
      ...(refusal.kind === 'too_many' ? { 'retry-after': '1' } : {}),
      ...refusal.headers,
    },
  }
}

export function writeRefusal(req: IncomingMessage, res: ServerResponse, refusal: Refusal, options: RefusalAnswerOptions): void {
  if (res.headersSent || res.destroyed) return
  const { headers, body } = refusalAnswer(req, refusal, options)
  res.writeHead(refusal.status, refusal.close ? { ...headers, connection: 'close' } : headers)
  res.end(req.method === 'HEAD' ? undefined : body)
}

/** For upgrade requests, where there is no response object. */
export function writeRawRefusal(
  req: IncomingMessage,
  socket: Duplex,
  refusal: Refusal,
  options: RefusalAnswerOptions & { readonly nowMs: number },
): void {
  if (socket.destroyed) return
  const { headers, body } = refusalAnswer(req, refusal, options)
  const lines = Object.entries({ ...headers, connection: 'close', date: new Date(options.nowMs).toUTCString() }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  )
  socket.end(
    Buffer.concat([Buffer.from(`HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? ''}\r\n${lines.join('')}\r\n`), body]),
  )
}

function looksAtPages(req: IncomingMessage): boolean {
  const destination = req.headers['sec-fetch-dest']
  if (destination !== undefined) return destination === 'document' || destination === 'iframe' || destination === 'frame'
  return (req.headers.accept ?? '').includes('text/html')
}

function problem(refusal: Refusal, language: 'de' | 'en'): string {
  const { title, sentence } = pageMessage(refusal, language)
  const { status, code, endedReason, endedBy } = refusal
  return JSON.stringify({
    type: `urn:sallyport:problem:${code}`,
    title,
    status,
    detail: sentence,
    code,
    ended_reason: endedReason,
    ended_by: endedBy,
  })
}
