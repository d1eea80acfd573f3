import type { TLSSocket } from 'node:tls'
import type { Clock, Timer } from '../basics/clock.ts'
import type { Logger } from '../basics/logger.ts'
import type { Random } from '../basics/random.ts'
import { createLane } from '../wire/lane.ts'
import type { Lane } from '../wire/lane.ts'

/** Connections beside the tunnel that wait for a stream of bytes (agent-api.ts): bulk over one of its own costs a quarter less than over HTTP/2. */
export interface Lanes {
  /** So many shall wait; 0 ends those that do. Those that carry a stream end with it. */
  keep(count: number): void
  /** The lane of this id, which does not wait any more; null: there is none. */
  take(id: unknown): Lane | null
}

export interface LanesOptions {
  /** A connection to the gateway with the certificate of the open tunnel. */
  readonly dial: () => Promise<TLSSocket>
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

/** Each stream takes one and another is dialled, so many at once and then one each `refillMs`: who opens many short streams keeps to the tunnel. */
const burst = 4
const refillMs = 1_000
/** An older gateway, or a network that lets one connection through: the tunnel does without. */
const afterFailureMs = 60_000

export function createLanes({ dial, clock, random, logger }: LanesOptions): Lanes {
  const waiting = new Map<string, Lane>()
  let wanted = 0
  let dialling = 0
  let left = burst
  let filledAtMs = clock.monotonicMs()
  let timer: Timer | undefined

  const later = (delayMs: number): void => {
    timer ??= clock.after(delayMs, () => {
      timer = undefined
      fill()
    })
  }

  function fill(): void {
    const nowMs = clock.monotonicMs()
    left = Math.min(burst, left + (nowMs - filledAtMs) / refillMs)
    filledAtMs = nowMs
    if (timer !== undefined) return
    while (waiting.size + dialling < wanted) {
      if (left < 1) return later(refillMs)
      left -= 1
      void open()
    }
  }

  async function open(): Promise<void> {
    dialling += 1
    try {
      hold(await dial())
    } catch (error) {
      logger.debug({ error }, 'no lane beside the tunnel')
      later(afterFailureMs)
    } finally {
      dialling -= 1
    }
  }

  function hold(socket: TLSSocket): void {
    const lane = createLane(socket, clock)
    if (waiting.size >= wanted) return void socket.destroy()
    const id = random.hex(16)
    waiting.set(id, lane)
    // The gateway says nothing on a lane before it has named it on the tunnel.
    socket.on('readable', () => void (socket.readableLength > 0 && socket.destroy()))
    socket.once('close', () => {
      if (waiting.delete(id)) later(refillMs)
    })
    socket.write(`${id}\n`)
  }

  return {
    keep(count) {
      wanted = count
      if (count > 0) return fill()
      timer?.cancel()
      timer = undefined
      const all = [...waiting.values()]
      waiting.clear()
      for (const { socket } of all) socket.destroy()
    },
    take(id) {
      if (typeof id !== 'string') return null
      const lane = waiting.get(id)
      if (lane === undefined) return null
      waiting.delete(id)
      lane.take()
      lane.socket.removeAllListeners('readable')
      fill()
      return lane.socket.destroyed ? null : lane
    },
  }
}
