import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname } from 'node:path'
import { errorCode } from '../basics/agent-error.ts'
import type { Random } from '../basics/random.ts'
import type { PageSource } from './page-source.ts'
import { stripPath } from './panel-guard.ts'

export type PanelPages = (request: IncomingMessage, response: ServerResponse, path: string) => Promise<void>

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.mp3': 'audio/mpeg',
  '.ogg': 'audio/ogg',
  '.wav': 'audio/wav',
}

export interface PanelPagesOptions {
  readonly pages: PageSource
  readonly random: Random
  /** Content security policy of an answer. `framedBy`: origins that may show it in a frame. */
  readonly policy: (request: IncomingMessage, nonce: string, framedBy: readonly string[]) => string
  /** Puts further values into a page. */
  readonly fill?: (html: string, request: IncomingMessage) => string
  readonly stripOrigins?: readonly string[]
}

/** Serves the built pages of one source; `__CSP_NONCE__` in a page becomes a new nonce with each answer. */
export function createPanelPages({ pages, random, policy, fill = (html) => html, stripOrigins = [] }: PanelPagesOptions): PanelPages {
  return async (request, response, path) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return plain(response, 405, 'Only GET and HEAD.', { allow: 'GET, HEAD' })
    const isStrip = path === stripPath
    const name = path === '/' || isStrip ? '/index.html' : path
    const type = types[extname(name)]
    // Only plain names: no dot at a segment's start, no escapes, no backslash.
    if (type === undefined || !/^(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/.test(name)) return plain(response, 404, 'There is no such page.')
    let content: Buffer
    try {
      content = await pages(name)
    } catch (error) {
      const missing = name === '/index.html'
      return plain(
        response,
        missing ? 503 : 404,
        missing ? `The panel's pages are not built (${errorCode(error)}); see panel.pagesDir in agent.json.` : 'There is no such page.',
      )
    }
    const html = type.startsWith('text/html')
    const nonce = random.token(16)
    const body = html ? Buffer.from(fill(content.toString('utf8').replaceAll('__CSP_NONCE__', nonce), request)) : content
    if (isStrip && stripOrigins.length > 0) response.removeHeader('x-frame-options')
    response.writeHead(200, {
      'content-type': type,
      'content-length': body.length,
      'cache-control': html ? 'no-store' : name.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-cache',
      'content-security-policy': policy(request, nonce, isStrip ? stripOrigins : []),
    })
    response.end(request.method === 'HEAD' ? undefined : body)
  }
}

/** `mirrorPort`: of the page that draws the mirror; the only one that may be shown in a frame. */
export function panelPolicy({ headers }: IncomingMessage, nonce: string, framedBy: readonly string[], mirrorPort: number): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "media-src 'self'",
    "connect-src 'self'",
    `frame-src ${sameHost(headers.host, mirrorPort)}`,
    `frame-ancestors ${framedBy.length === 0 ? "'none'" : framedBy.join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
}

/** The origin on another port of the host by which this one was asked for; the guard has checked it. */
export function sameHost(host: string | undefined, port: number): string {
  return `http://${(host ?? '').replace(/:\d+$/, '')}:${port}`
}

function plain(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'",
    ...headers,
  })
  response.end(`${text}\n`)
}
