import { createServer, type AddressInfo, type Socket } from 'node:net'
import { createBoundLog } from '../basics/bound-log.ts'
import type { Clock } from '../basics/clock.ts'
import type { Running } from '../basics/lifecycle.ts'
import type { Logger } from '../basics/logger.ts'
import { mostHelloBytes, readClientHello, type ClientHello } from './read-client-hello.ts'

/** Takes a TCP connection over whose first bytes are still to be read. */
export type Accept = (socket: Socket) => void

export interface SharePortOptions {
  readonly host: string
  readonly port: number
  /** Who answers a client that says this; null: nobody does. */
  readonly choose: (hello: ClientHello) => Accept | null
  /** Fewer for tests. */
  readonly most?: number
  readonly clock: Clock
  readonly logger: Logger
}

export interface SharedPort extends Running {
  readonly address: AddressInfo
}

/** For the whole hello, however slowly it comes. */
const helloWithinMs = 5_000
/** Of browsers, machines and enrolment together; each of them has bounds of its own behind this. */
const maxConnections = 50_000
/** Connections that have not said yet what they want. */
export const maxUndecided = 2_000

/**
 * One port for browsers, machines and enrolment, since many plants let only 443 out: the server name and the protocol of the ClientHello choose.
 * The hello is put back, so that each TLS server judges it as if it had come to a port of its own, and asks for what it asks for: browsers are
 * never asked for a certificate.
 */
export async function sharePort({ host, port, choose, most = maxConnections, clock, logger }: SharePortOptions): Promise<SharedPort> {
  const undecided = new Set<Socket>()
  const bounds = createBoundLog(clock, logger)
  const options = { pauseOnConnect: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 }
  const server = createServer(options, (socket) => {
    socket.on('error', () => {})
    // Who is silent for longest makes room: strangers must not hold every place.
    if (undecided.size >= maxUndecided) {
      const oldest = undecided.values().next().value
      bounds.met('connections without a hello', oldest?.remoteAddress)
      oldest?.destroy()
    }
    undecided.add(socket)
    const timer = clock.after(helloWithinMs, () => socket.destroy())
    const decided = (): void => {
      timer.cancel()
      undecided.delete(socket)
      socket.off('readable', onReadable).off('close', decided)
    }
    let bytes = Buffer.alloc(0)
    const onReadable = (): void => {
      for (let chunk = socket.read() as Buffer | null; chunk !== null; chunk = socket.read() as Buffer | null)
        bytes = Buffer.concat([bytes, chunk])
      const hello = readClientHello(bytes)
      if (hello === 'incomplete' && bytes.length <= 2 * mostHelloBytes) return
      decided()
      const accept = typeof hello === 'string' ? null : choose(hello)
      if (accept === null) return void socket.destroy()
      socket.unshift(bytes)
      accept(socket)
    }
    socket.on('readable', onReadable).once('close', decided)
  })
  server.maxConnections = most
  server.on('drop', (dropped) => bounds.met('connections of the one port', dropped?.remoteAddress))
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
  const stop = (): void => {
    server.close()
    for (const socket of undecided) socket.destroy()
  }
  return { address: server.address() as AddressInfo, drain: async () => stop(), close: async () => stop() }
}
