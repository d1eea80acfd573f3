import type { Server, Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { addressBlock } from '../basics/address-block.ts'
import type { BoundLog } from '../basics/bound-log.ts'
import type { Clock } from '../basics/clock.ts'
import { createListenedTime } from '../basics/listened-time.ts'

export interface ConnectionFigures {
  readonly connections: number
  /** Many people stand behind one address of their plant; null: everybody comes from a TLS front, which counts by itself. */
  readonly connectionsPerAddress: number | null
}

/** TLS handshakes under way, in all and of one address. */
export const maxHandshakes = 1_024
export const maxHandshakesPerAddress = 256
/** Longer than a handshake takes, and much less than it may take when there is room. */
export const patienceWhenFullMs = 2_000

interface Handshake {
  readonly socket: Socket
  readonly address: string
  /** Of the time in which we listened. */
  readonly begunAtMs: number
}

/**
 * Closes what is over a bound before it costs a handshake, with a word in the log alone: there is no one yet to say it to. Whoever keeps silent in a handshake makes
 * room when it is needed, so that a few strangers do not hold every place.
 */
export function guardConnections(
  server: Server,
  figures: ConnectionFigures,
  { tls, clock, bounds }: { readonly tls: boolean; readonly clock: Clock; readonly bounds: BoundLog },
): void {
  const open = new Map<string, number>()
  const handshakes = new Map<string, Handshake>()
  const shaking = new Map<string, number>()
  const listened = createListenedTime(clock, () => handshakes.size > 0)
  let all = 0

  const settle = (key: string): void => {
    const handshake = handshakes.get(key)
    if (handshake === undefined) return
    handshakes.delete(key)
    take(shaking, handshake.address)
  }
  /** Ends the oldest handshake, of this address or of any, when it has had its time. */
  const cutSilent = (address?: string): void => {
    for (const [key, handshake] of handshakes) {
      if (listened.ms - handshake.begunAtMs < patienceWhenFullMs) return
      if (address !== undefined && handshake.address !== address) continue
      // At once, not when it has closed: the place is for whoever is here now.
      settle(key)
      return void handshake.socket.destroy()
    }
  }
  const handshakesOf = (address: string): number => shaking.get(address) ?? 0
  /** The bound that one more connection of this address would pass. */
  const boundOf = (address: string): string | undefined => {
    if (all >= figures.connections) return 'connections'
    const mostOfAddress = figures.connectionsPerAddress ?? Number.POSITIVE_INFINITY
    if ((open.get(address) ?? 0) >= mostOfAddress) return 'connections of one address'
    if (!tls) return undefined
    if (handshakesOf(address) >= maxHandshakesPerAddress) cutSilent(address)
    if (handshakes.size >= maxHandshakes) cutSilent()
    if (handshakesOf(address) >= maxHandshakesPerAddress) return 'TLS handshakes under way of one address'
    return handshakes.size >= maxHandshakes ? 'TLS handshakes under way' : undefined
  }

  // Before the listener of TLS, which begins the handshake, and before that of HTTP.
  server.prependListener('connection', (socket: Socket) => {
    const address = addressBlock(socket.remoteAddress)
    const bound = boundOf(address)
    if (bound !== undefined) {
      bounds.met(bound, address)
      return void socket.destroy()
    }
    const key = keyOf(socket)
    all += 1
    give(open, address)
    if (tls) {
      handshakes.set(key, { socket, address, begunAtMs: listened.ms })
      listened.listen()
      give(shaking, address)
    }
    socket.once('close', () => {
      all -= 1
      take(open, address)
      settle(key)
    })
  })
  server.on('secureConnection', (socket: TLSSocket) => settle(keyOf(socket)))
}

/** The TLS socket does not know the TCP socket below it. */
const keyOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress}|${remotePort}`

function give(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

function take(counts: Map<string, number>, key: string): void {
  const left = (counts.get(key) ?? 1) - 1
  if (left > 0) counts.set(key, left)
  else counts.delete(key)
}
