import type { Http2Stream } from 'node:http2'

/**
 * Lets nothing but END_STREAM end the readable side of a stream of bytes. Node (24.21) ends it also when the stream was reset without an error or its
 * connection was lost, and whoever copies it to a TCP connection would send a FIN: half a transfer would look whole. Such a stream is torn instead:
 * it closes without an `end`.
 */
export function onlyWholeEnds<Stream extends Http2Stream>(stream: Stream): Stream {
  const push = stream.push.bind(stream)
  stream.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
    if (chunk !== null || !isTorn(stream)) return push(chunk, encoding)
    // Not now: Node goes on using the stream after this call, and would throw where nobody can catch it.
    process.nextTick(() => stream.destroy())
    return false
  }
  return stream
}

const isTorn = ({ aborted, closed, destroyed, rstCode }: Http2Stream): boolean => aborted || closed || destroyed || (rstCode ?? 0) !== 0

/**
 * Ends a stream in this moment: what is not sent yet is dropped, what still comes is not read. Never `close(code)`: with it Node ends the writable side
 * before it resets the stream, and END_STREAM goes out ahead of RST_STREAM, which is how a whole transfer ends. An `error` listener must be there.
 */
export function cutStream(stream: Http2Stream): void {
  if (!stream.destroyed) stream.destroy(new Error('the stream was cut'))
}
