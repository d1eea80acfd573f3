import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { createBoundLog } from '../basics/bound-log.ts'
import type { Clock, Timer } from '../basics/clock.ts'
import { addressBlock } from '../basics/address-block.ts'
import { createListenedTime } from '../basics/listened-time.ts'
import type { Logger } from '../basics/logger.ts'
import type { TunnelLimits } from './tunnel-limits.ts'

export interface PacedConnections {
  readonly address: AddressInfo
  readonly connections: number
  /** Takes a connection that another listener accepted. */
  accept(socket: Socket): void
  /** TLS with this peer (`peerKey`) is done: it waits for us now, and is not silent. */
  secured(key: string): void
  /** The connection of this peer is let in or refused: it is not half-open any more. */
  settled(key: string): void
  /** Takes no more; those that are not let in yet are cut. Resolves when every connection has ended. */
  close(): Promise<void>
  /** Ends what is left. */
  cut(): void
}

/** Names a connection while it lives: the TLS socket does not know the TCP socket below it. */
export const peerKey = (socket: Socket): string => `${socket.remoteAddress}|${socket.remotePort}`

interface Waiting {
  readonly socket: Socket
  readonly key: string
  readonly address: string
  halfOpen: boolean
  /** Of the time in which we listened, when it was handed on. */
  startedAtMs: number
  forgotten: boolean
}

/** Longer than a handshake takes, and much less than it may take when there is room. */
const patienceWhenFullMs = 2_000

/**
 * Accepts TCP, paused, and hands connections on at the rate of a token bucket; what is over a cap is closed before it costs a handshake. Whoever
 * keeps silent in a handshake makes room when it is needed: a few strangers must not hold every place.
 */
export async function paceConnections(options: {
  readonly host: string
  readonly port: number
  readonly limits: TunnelLimits
  readonly clock: Clock
  readonly logger: Logger
  onConnection(socket: Socket): void
}): Promise<PacedConnections> {
  const { host, port, limits, clock, logger, onConnection } = options
  const bounds = createBoundLog(clock, logger)
  const connections = new Map<string, Waiting>()
  const perAddress = new Map<string, { all: number; halfOpen: number }>()
  const queue = new Set<Waiting>()
  /** In their handshake, the oldest first. */
  const started = new Set<Waiting>()
  let halfOpen = 0
  let tokens = limits.handshakeBurst
  let filledAt = clock.monotonicMs()
  let timer: Timer | undefined
  const listened = createListenedTime(clock, () => started.size > 0)
  let onEmpty = (): void => {}

  const server: Server = createServer({ pauseOnConnect: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 }, accept)

  function accept(socket: Socket): void {
    const address = addressBlock(socket.remoteAddress)
    socket.on('error', () => {})
    if (halfOpen >= limits.maxHalfOpen) cutSilent(() => true)
    if ((perAddress.get(address)?.halfOpen ?? 0) >= limits.maxHalfOpenPerAddress) cutSilent((other) => other.address === address)
    const counts = perAddress.get(address) ?? { all: 0, halfOpen: 0 }
    const bound = boundOf(counts)
    if (bound !== undefined) {
      bounds.met(bound, address)
      return void socket.destroy()
    }
    const waiting: Waiting = { socket, key: peerKey(socket), address, halfOpen: true, startedAtMs: 0, forgotten: false }
    halfOpen += 1
    counts.all += 1
    counts.halfOpen += 1
    perAddress.set(address, counts)
    connections.set(waiting.key, waiting)
    socket.once('close', () => forget(waiting))
    queue.add(waiting)
    release()
  }

  /** The bound that one more connection of this address would pass. */
  function boundOf(counts: { readonly all: number; readonly halfOpen: number }): string | undefined {
    if (halfOpen >= limits.maxHalfOpen) return 'connections without a finished handshake'
    if (counts.halfOpen >= limits.maxHalfOpenPerAddress) return 'connections without a finished handshake of one address'
    return counts.all >= limits.maxPerAddress ? 'connections of one address' : undefined
  }

  /** Ends the oldest of these handshakes when it has had its time. */
  function cutSilent(isOne: (waiting: Waiting) => boolean): void {
    for (const waiting of started) {
      if (listened.ms - waiting.startedAtMs < patienceWhenFullMs) return
      if (!isOne(waiting)) continue
      forget(waiting)
      return void waiting.socket.destroy()
    }
  }

  function settle(waiting: Waiting): void {
    started.delete(waiting)
    if (!waiting.halfOpen) return
    waiting.halfOpen = false
    halfOpen -= 1
    const counts = perAddress.get(waiting.address)
    if (counts !== undefined) counts.halfOpen -= 1
  }

  function forget(waiting: Waiting): void {
    settle(waiting)
    queue.delete(waiting)
    if (waiting.forgotten) return
    waiting.forgotten = true
    if (connections.get(waiting.key) === waiting) connections.delete(waiting.key)
    if (connections.size === 0) onEmpty()
    const counts = perAddress.get(waiting.address)
    if (counts === undefined) return
    counts.all -= 1
    if (counts.all === 0) perAddress.delete(waiting.address)
  }

  function release(): void {
    const nowMs = clock.monotonicMs()
    tokens = Math.min(limits.handshakeBurst, tokens + ((nowMs - filledAt) / 1000) * limits.handshakesPerSecond)
    filledAt = nowMs
    for (const waiting of queue) {
      if (tokens < 1) break
      tokens -= 1
      queue.delete(waiting)
      waiting.startedAtMs = listened.ms
      started.add(waiting)
      listened.listen()
      onConnection(waiting.socket)
    }
    if (queue.size > 0 && timer === undefined) {
      timer = clock.after(Math.ceil(1000 / limits.handshakesPerSecond), () => {
        timer = undefined
        release()
      })
    }
  }

  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
  return {
    address: server.address() as AddressInfo,
    accept,
    get connections() {
      return connections.size
    },
    secured(key) {
      const waiting = connections.get(key)
      if (waiting !== undefined) started.delete(waiting)
    },
    settled(key) {
      const waiting = connections.get(key)
      if (waiting !== undefined) settle(waiting)
    },
    async close() {
      timer?.cancel()
      listened.stop()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const { socket, halfOpen } of connections.values()) if (halfOpen) socket.destroy()
      await closed
      // Those that another listener accepted are not among the server's own.
      if (connections.size > 0) await new Promise<void>((resolve) => (onEmpty = resolve))
    },
    cut() {
      for (const { socket } of connections.values()) socket.destroy()
    },
  }
}
