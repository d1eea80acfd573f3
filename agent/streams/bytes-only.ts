import type { ServerHttp2Stream } from 'node:http2'

/**
 * Makes a stream turn text into bytes before Node's HTTP/2 sees it. Node 24.21 frees the memory of text too early when it is written
 * together with bytes: the first 16 bytes of an HTTP head arrived as garbage, measured in start-agent.test.ts.
 */
export function bytesOnly(stream: ServerHttp2Stream): ServerHttp2Stream {
  const write = stream.write.bind(stream) as (chunk: Uint8Array, done?: (error?: Error | null) => void) => boolean
  const writeBytes = (chunk: string | Uint8Array, encoding?: unknown, done?: unknown): boolean => {
    const after = (typeof encoding === 'function' ? encoding : done) as ((error?: Error | null) => void) | undefined
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8') : chunk
    return after === undefined ? write(bytes) : write(bytes, after)
  }
  return Object.assign(stream, { write: writeBytes })
}
