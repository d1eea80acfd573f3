import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import type { BoundLog } from './bound-log.ts'
import type { Clock, Timer } from './clock.ts'

/** What a connection may send that is neither a request's head nor its body. More than a refused body that is still on its way (`mostUnreadBytes`). */
const mostFramingBytes = 2 * 1024 * 1024
/** The smallest chunk takes six bytes to bring one; the smallest TLS records that bring those, ten times as many. */
const mostFramingPerByte = 128
const lookMs = 250

export interface FramingOptions {
  readonly clock: Clock
  readonly bounds: BoundLog
  readonly tls: boolean
  /** Whether the server hands connections on by `upgrade` and `connect`. Where nobody listens for these, Node refuses them itself, and would not if we did. */
  readonly upgrades: boolean
}

/**
 * Node's parser skips empty lines before and between requests, and zeros before a chunk's size, as many as come (RFC 9112, sections 2.2 and 7.1): its times run only
 * once a request has begun, and whoever sends nothing else takes a part of our processor for nothing. It is all that the connection has read and no request got.
 */
export function boundFraming(server: Server, { clock, bounds, tls, upgrades }: FramingOptions): void {
  /** Of each connection that speaks HTTP/1.1, how many of its bytes belong to something. */
  const owned = new Map<Socket, number>()
  let timer: Timer | undefined

  const look = (): void => {
    timer = undefined
    for (const [socket, bytes] of owned) {
      if (socket.bytesRead - bytes <= mostFramingBytes) continue
      bounds.met('bytes of a connection that belong to no request', socket.remoteAddress)
      owned.delete(socket)
      socket.destroy()
    }
    later()
  }
  const later = (): void => {
    if (owned.size > 0) timer ??= clock.after(lookMs, look)
  }
  const forget = (socket: Socket): void => void owned.delete(socket)

  server.on(tls ? 'secureConnection' : 'connection', (socket: Socket) => {
    owned.set(socket, 0)
    socket.once('close', () => forget(socket))
    later()
  })
  server.on('request', (request: IncomingMessage) => {
    const { socket, headers } = request
    if (!owned.has(socket)) return
    owned.set(socket, socket.bytesRead)
    if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return
    const push = request.push.bind(request)
    request.push = (chunk: Uint8Array | null, encoding?: BufferEncoding): boolean => {
      const bytes = owned.get(socket)
      if (chunk !== null && bytes !== undefined) owned.set(socket, bytes + chunk.length * mostFramingPerByte)
      return push(chunk, encoding)
    }
  })
  // From then on it speaks something else.
  if (upgrades) for (const event of ['upgrade', 'connect']) server.on(event, (request: IncomingMessage) => forget(request.socket))
}
