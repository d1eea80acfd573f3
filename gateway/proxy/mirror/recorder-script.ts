import { hash } from 'node:crypto'
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
