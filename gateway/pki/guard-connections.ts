import type { Server, Socket } from 'node:net'
import { addressBlock } from '../basics/address-block.ts'
import type { Clock } from '../basics/clock.ts'
import { createListenedTime } from '../basics/listened-time.ts'
import { TokenBucket, TokenBuckets } from '../basics/token-bucket.ts'
import type { PaceFigures } from '../basics/token-bucket.ts'

export interface ConnectionGuard {
  readonly clock: Clock
  readonly perSecond: number
  readonly burst: number
  readonly maxConnections: number
  readonly maxPerAddress: number
  /** What one address may take of all that may come: nobody else's turn. */
  readonly ofAddress: PaceFigures
}

interface Guest {
  readonly socket: Socket
  readonly address: string
  /** Of the time in which we listened. */
  readonly cameAtMs: number
}

/** Longer than a handshake takes, and much less than it may take when there is room. */
const patienceWhenFullMs = 2_000
const maxRemembered = 10_000

/**
 * Closes what comes too fast, or too often from one address, before it costs a handshake: strangers at this port must neither take the
 * time of those who work nor hold every place. Whoever keeps silent in a handshake makes room when it is needed.
 */
export function guardConnections(server: Server, { clock, maxConnections, maxPerAddress, ofAddress, ...pace }: ConnectionGuard): void {
  const guests = new Map<string, Guest>()
  /** In their handshake, the oldest first. */
  const silent = new Map<string, Guest>()
  const open = new Map<string, number>()
  const listened = createListenedTime(clock, () => silent.size > 0)
  const everybody = new TokenBucket(clock, pace)
  const addresses = new TokenBuckets(clock, maxRemembered)

  function forget(key: string, guest: Guest): void {
    if (guests.get(key) !== guest) return
    guests.delete(key)
    silent.delete(key)
    const left = (open.get(guest.address) ?? 1) - 1
    if (left > 0) open.set(guest.address, left)
    else open.delete(guest.address)
  }
  function makeRoom(): void {
    const [oldest] = silent
    if (oldest === undefined || listened.ms - oldest[1].cameAtMs < patienceWhenFullMs) return
    forget(...oldest)
    oldest[1].socket.destroy()
  }
  function mayCome(address: string): boolean {
    if ((open.get(address) ?? 0) >= maxPerAddress || !addresses.of(address, ofAddress).take()) return false
    if (guests.size >= maxConnections) makeRoom()
    return guests.size < maxConnections && everybody.take()
  }

  // Before the listener of TLS, which begins the handshake.
  server.prependListener('connection', (socket: Socket) => {
    const address = addressBlock(socket.remoteAddress)
    if (!mayCome(address)) return void socket.destroy()
    const key = keyOf(socket)
    const guest = { socket, address, cameAtMs: listened.ms }
    guests.set(key, guest)
    silent.set(key, guest)
    listened.listen()
    open.set(address, (open.get(address) ?? 0) + 1)
    socket.once('close', () => forget(key, guest))
  })
  server.on('secureConnection', (socket: Socket) => void silent.delete(keyOf(socket)))
}

/** The TLS socket does not know the TCP socket below it. */
const keyOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress}|${remotePort}`
