import { hash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'

/** The script that records a page, as it is served on every machine's origin. */
export interface RecorderScript {
  /** Named by what is in it: browsers keep it for good. */
  readonly path: string
  readonly body: Buffer
  readonly gzip: Buffer
}

export const recordPath = '/.sallyport/record'

export function recorderScript(body: Buffer): RecorderScript {
  return { path: `/.sallyport/recorder-${hash('sha256', body).slice(0, 16)}.js`, body, gzip: gzipSync(body, { level: 9 }) }
}

export function serveRecorder(script: RecorderScript, req: IncomingMessage, res: ServerResponse): void {
  const isCompressed = /(?:^|,)[\t ]*gzip[\t ]*(?:,|$)/i.test(req.headers['accept-encoding'] ?? '')
  const body = isCompressed ? script.gzip : script.body
  res.writeHead(200, {
    'content-type': 'text/javascript; charset=utf-8',
    'content-length': body.length,
    ...(isCompressed ? { 'content-encoding': 'gzip' } : {}),
    vary: 'accept-encoding',
    'cache-control': 'private, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
  })
  res.end(body)
}
