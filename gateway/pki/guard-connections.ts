import type { Server, Socket } from 'node:net'
import type { Clock } from '../basics/clock.ts'
import { addressBlock } from '../basics/address-block.ts'

export interface ConnectionGuard {
  readonly clock: Clock
  readonly perSecond: number
  readonly burst: number
  readonly maxPerAddress: number
}

/**
 * Closes what comes too fast, or too often from one address, before it costs a handshake: strangers at this port must neither take the
 * time of those who work nor hold every place.
 */
export function guardConnections(server: Server, { clock, perSecond, burst, maxPerAddress }: ConnectionGuard): void {
  const open = new Map<string, number>()
  let tokens = burst
  let filledAtMs = clock.monotonicMs()

  function mayCome(address: string): boolean {
    const nowMs = clock.monotonicMs()
    tokens = Math.min(burst, tokens + ((nowMs - filledAtMs) / 1000) * perSecond)
    filledAtMs = nowMs
    if (tokens < 1 || (open.get(address) ?? 0) >= maxPerAddress) return false
    tokens -= 1
    return true
  }

  // Before the listener of TLS, which begins the handshake.
  server.prependListener('connection', (socket: Socket) => {
    const address = addressBlock(socket.remoteAddress)
    if (!mayCome(address)) return void socket.destroy()
    open.set(address, (open.get(address) ?? 0) + 1)
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1
      if (left > 0) open.set(address, left)
      else open.delete(address)
    })
  })
}
