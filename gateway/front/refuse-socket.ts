import type { Duplex } from 'node:stream'

export type RefusalLine =
  | '400 Bad Request'
  | '404 Not Found'
  | '405 Method Not Allowed'
  | '408 Request Timeout'
  | '413 Content Too Large'
  | '431 Request Header Fields Too Large'

/**
 * Answers on a bare socket (after CONNECT or an upgrade) and lets it go. Node has taken its own listeners off by then: without one of ours
 * a client that resets the connection ends the process, and without the end of both halves it stays for ever.
 */
export function refuseSocket(socket: Duplex, status: RefusalLine): void {
  socket.on('error', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`, () => socket.destroy())
}
