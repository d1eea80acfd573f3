import type { ServerHttp2Stream } from 'node:http2'

/**
 * Keeps empty chunks away from an HTTP/2 stream. Node 24.21 counts a group of writes as done when it meets the empty chunk at its end, and
 * frees the text of the group before it is sent: the first 16 bytes of an answer's head arrived as garbage, every time. Node's own HTTP
 * server writes such a chunk at the end of each answer (without-empty-writes.test.ts).
 */
export function withoutEmptyWrites(stream: ServerHttp2Stream): ServerHttp2Stream {
  type Done = (error?: Error | null) => void
  const write = stream.write.bind(stream) as (chunk: string | Uint8Array, encoding?: BufferEncoding | Done, done?: Done) => boolean
  const guarded = (chunk: string | Uint8Array, encoding?: BufferEncoding | Done, done?: Done): boolean => {
    if (chunk.length > 0) return write(chunk, encoding, done)
    const after = typeof encoding === 'function' ? encoding : done
    if (after !== undefined) process.nextTick(after)
    return !stream.writableNeedDrain
  }
  return Object.assign(stream, { write: guarded })
}
