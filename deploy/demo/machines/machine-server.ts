import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/** A machine's own web server, as the demo plays it. */
export interface MachineServer {
  request(request: IncomingMessage, response: ServerResponse): void
  upgrade?(request: IncomingMessage, socket: Duplex, head: Buffer): void
}

export function sendHtml(response: ServerResponse, body: string, status = 200): void {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }).end(body)
}

export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(body))
}

export const notFound = (response: ServerResponse): void => sendJson(response, { error: 'not found' }, 404)

const maxFormBytes = 64 * 1024

export async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let text = ''
  for await (const chunk of request) {
    text += String(chunk)
    if (text.length > maxFormBytes) break
  }
  return new URLSearchParams(text)
}

export function cookieOf(request: IncomingMessage, name: string): string | undefined {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [key, value] = pair.trim().split('=')
    if (key === name) return value
  }
  return undefined
}

export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** The frame of all machine pages: a maker's own look, not the gateway's. */
export const machinePage = (title: string, body: string, script = ''): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)}</title>
<style>
  :root { color-scheme: dark; font: 16px/1.5 system-ui, sans-serif; background: #1c2126; color: #e9edf1 }
  body { margin: 0 } header { background: #2b333b; padding: .75rem 1.25rem; display: flex; gap: 1rem; align-items: baseline; border-bottom: 3px solid #3fa7a0 }
  header h1 { font-size: 1.15rem; margin: 0 } main { padding: 1.25rem; max-width: 62rem; margin: auto }
  .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: 1rem }
  .tile { background: #262d34; border-radius: 6px; padding: 1rem } .tile b { display: block; font-size: 2rem; font-variant-numeric: tabular-nums }
  .tile span { color: #b5c0ca } button, input, select { font: inherit; padding: .55rem .9rem; border-radius: 6px; border: 1px solid #6b7885; background: #34404b; color: inherit }
  button { cursor: pointer } button.go { background: #2a7d3c } button.stop { background: #a33328 } form { display: flex; gap: .75rem; flex-wrap: wrap; align-items: end; margin: 1rem 0 }
  label { display: grid; gap: .25rem } section { margin-top: 1.5rem } table { border-collapse: collapse; width: 100% } td, th { text-align: left; padding: .4rem .75rem; border-bottom: 1px solid #3a444e }
  a { color: #7fd0ca } canvas { width: 100%; height: 9rem; background: #14181c; border-radius: 6px } output { font-family: monospace; overflow-wrap: anywhere }
</style></head><body><header><h1>${escapeHtml(title)}</h1></header><main>${body}</main>${script === '' ? '' : `<script>${script}</script>`}</body></html>`
