import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { extname, join, normalize } from 'node:path'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** The same policy as the servers that ship the pages. */
const policy = (nonce: string, frames: string): string =>
  `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; frame-src ${frames}; frame-ancestors 'none'; base-uri 'none'; form-action 'self'`

/** Answers with a built file, or with the page itself for every other address. */
export const serveBuiltPages = async (pagesDir: string, path: string, response: ServerResponse, frames = "'none'"): Promise<void> => {
  const asset = normalize(path).startsWith('/assets/')
  const file = asset ? normalize(path) : '/index.html'
  const nonce = randomBytes(16).toString('base64')
  const content = await readFile(join(pagesDir, file)).catch(() => null)
  if (content === null) {
    response.writeHead(404).end()
    return
  }
  response.writeHead(200, {
    'content-type': types[extname(file)] ?? 'application/octet-stream',
    'cache-control': 'no-store',
    'content-security-policy': policy(nonce, frames),
    'cross-origin-opener-policy': 'same-origin-allow-popups',
  })
  response.end(asset ? content : content.toString('utf8').replaceAll('__CSP_NONCE__', nonce))
}
