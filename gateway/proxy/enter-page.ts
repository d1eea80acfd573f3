import { createHash } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { Entered } from './entry.ts'

/** To the place that was asked for, with the cookie that lets in there. */
export function goOn(res: ServerResponse, { setCookie, to }: Entered): void {
  const cookie = setCookie === undefined ? {} : { 'set-cookie': setCookie }
  res.writeHead(303, { location: to, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'content-length': '0', ...cookie })
  res.end()
}

const script = "location.replace(document.documentElement.getAttribute('data-to'))"
const scriptHash = createHash('sha256').update(script).digest('base64')

/**
 * The same in the frame of a bar. A redirect would still be the request of another origin, which no machine gets (fetch-metadata.ts); this page's is its own
 * origin's. No other page can show it in a frame, so for no other does its script run.
 */
export function hopIntoFrame(res: ServerResponse, { setCookie, to }: Entered, bar: string): void {
  const body = Buffer.from(
    `<!doctype html><html data-to="${escape(to)}"><meta charset="utf-8"><title>…</title><script>${script}</script></html>\n`,
  )
  res.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'content-length': body.length,
    'content-security-policy': `default-src 'none'; script-src 'sha256-${scriptHash}'; base-uri 'none'; form-action 'none'; frame-ancestors ${bar}`,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    ...(setCookie === undefined ? {} : { 'set-cookie': setCookie }),
  })
  res.end(body)
}

const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
