import type { IncomingMessage, ServerResponse } from 'node:http'

/** What is still read of a body behind its answer, so that the answer is not lost by a reset (RFC 9112, section 9.6). */
const mostUnreadBytes = 1024 * 1024
/** The same of somebody who is signed in, and has to read that his body is too large. */
export const mostUnreadOfKnownBytes = 32 * 1024 * 1024
/** And for how long: nobody waits for the end of it any more. */
const unreadWithinMs = 10_000

/**
 * For requests of somebody who has not shown who he is: whoever goes on sending when the answer is out loses the connection after this much, or after this
 * long. By itself Node would read, and throw away, a body of any length (OpenZiti GHSA-q8g9-jc4c-jp6q), and one that comes byte by byte for ever. Call it
 * before the answer is written. `mostBytes` is asked when the answer is out.
 */
export function cutUnreadBody(
  request: IncomingMessage,
  response: ServerResponse,
  { withinMs = unreadWithinMs, mostBytes }: { readonly withinMs?: number; readonly mostBytes?: () => number | undefined } = {},
): void {
  // Ahead of Node's own listener, which would throw away what comes without telling anybody.
  response.prependOnceListener('finish', () => {
    if (request.complete || request.destroyed) return
    const { socket } = request
    let read = 0
    const most = mostBytes?.() ?? mostUnreadBytes
    const timer = setTimeout(() => socket.destroy(), withinMs)
    timer.unref()
    const over = (): void => clearTimeout(timer)
    request.once('end', over)
    socket.once('close', over)
    request.on('data', (chunk: Buffer) => {
      read += chunk.length
      if (read > most) socket.destroy()
    })
    request.read(0)
  })
}
