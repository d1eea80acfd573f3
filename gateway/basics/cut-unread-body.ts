import type { IncomingMessage, ServerResponse } from 'node:http'

/** What is still read of a body behind its answer, so that the answer is not lost by a reset (RFC 9112, section 9.6). */
const mostUnreadBytes = 1024 * 1024

/**
 * For requests of somebody who has not shown who he is: whoever goes on sending when the answer is out loses the connection after this much. By itself Node
 * would read, and throw away, a body of any length (OpenZiti GHSA-q8g9-jc4c-jp6q). Call it before the answer is written.
 */
export function cutUnreadBody(request: IncomingMessage, response: ServerResponse): void {
  // Ahead of Node's own listener, which would throw away what comes without telling anybody.
  response.prependOnceListener('finish', () => {
    if (request.complete || request.destroyed) return
    let read = 0
    request.on('data', (chunk: Buffer) => {
      read += chunk.length
      if (read > mostUnreadBytes) request.socket.destroy()
    })
    request.read(0)
  })
}
