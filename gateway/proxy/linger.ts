import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../basics/clock.ts'

/**
 * Reads the rest of an upload that was answered early and throws it away: closing at once would make the browser's system drop the answer unread
 * (RFC 9112, section 9.6). What is still coming after `lingerMs` costs the connection.
 */
export function linger(req: IncomingMessage, res: ServerResponse, clock: Clock, lingerMs: number): void {
  if (req.complete || req.destroyed) return
  req.on('error', () => {})
  const socket = req.socket
  const timer = clock.after(lingerMs, () => socket.destroy())
  req.once('end', () => timer.cancel())
  socket.once('close', () => timer.cancel())
  res.once('close', () => req.complete && timer.cancel())
  req.resume()
}
