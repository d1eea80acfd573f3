import { constants } from 'node:http2'
import type { ServerHttp2Stream } from 'node:http2'

/** Ends a stream in this moment: what is not sent yet is dropped, what still comes is not read. */
export function cutStream(stream: ServerHttp2Stream): void {
  if (stream.destroyed) return
  stream.close(constants.NGHTTP2_CANCEL)
  stream.destroy()
}
