import type { Socket } from 'node:net'

/**
 * Ends a TCP connection at once and with a reset where bytes of ours did not all arrive: a FIN would say that they are whole. While the FIN
 * of a whole direction is on its way there is nothing to take back, and libuv refuses the reset (`EINVAL`): Node then loses the handle, which
 * would stay open for as long as the process lives.
 */
export function tearSocket(socket: Socket): void {
  // Node would make an error, with its stack, that nobody hears of: for each connection that ended as it should.
  if (socket.destroyed) return
  const isFinishing = socket.writableEnded && socket.writableLength === 0 && !socket.writableFinished
  if (socket.connecting || isFinishing) socket.destroy()
  else socket.resetAndDestroy()
}
