import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { systemRandom } from '../../../agent/basics/random.ts'
import { createBackoff } from '../../../agent/link/backoff.ts'
import { tunnelSettings } from '../../../agent/wire/tunnel-settings.ts'
import { silentLogger } from '../../../gateway/basics/logger.ts'
import { paceConnections, peerKey } from '../../../gateway/tunnels/pace-connections.ts'
import { defaultTunnelLimits } from '../../../gateway/tunnels/tunnel-limits.ts'
import { virtualTime } from './virtual-time.ts'

export interface Storm {
  readonly machines: number
  /** For so long nobody takes a connection. */
  readonly gatewayAwayMs: number
  /** What one machine that comes back costs the gateway's one thread. */
  readonly msPerMachine: number
  /** All behind one address, or each with its own. */
  readonly from: 'one address' | 'many addresses'
  /** In [0, 1): the jitter. */
  readonly fraction: () => number
}

export interface StormFigures {
  /** From the moment at which connections are taken again, the earliest first. */
  readonly backAfterMs: readonly number[]
  /** Connections that the gateway closed, or that waited too long. */
  readonly turnedAway: number
  readonly dials: number
}

const dialTimeoutMs = 10_000
const acceptMs = 0.03
const tlsPart = 0.3

/** What the door sees of a TCP connection. */
class FakeSocket extends EventEmitter {
  destroyed = false
  readonly remoteAddress: string
  readonly remotePort: number
  constructor(address: string, port: number) {
    super()
    this.remoteAddress = address
    this.remotePort = port
  }
  destroy(): void {
    if (this.destroyed) return
    this.destroyed = true
    this.emit('close')
  }
}

/** The agents' real back-off and the gateway's real door, between them a gateway that can do one thing at a time, all in virtual time. */
export async function stormInVirtualTime(storm: Storm): Promise<StormFigures> {
  const { machines, gatewayAwayMs, msPerMachine } = storm
  const time = virtualTime()
  const backAfterMs: number[] = []
  const admitted = new WeakMap<FakeSocket, () => void>()
  let turnedAway = 0
  let dials = 0
  let freeAtMs = 0
  /** The gateway's event loop. */
  const atGateway = (costMs: number, run: () => void): void => {
    freeAtMs = Math.max(freeAtMs, time.monotonicMs()) + costMs
    time.after(freeAtMs - time.monotonicMs(), run)
  }
  const door = await paceConnections({
    host: '127.0.0.1',
    port: 0,
    limits: defaultTunnelLimits,
    clock: { ...time, after: (delayMs, run) => time.after(delayMs, () => atGateway(0, run)) },
    logger: silentLogger,
    onConnection: (socket) => {
      const taken = socket as unknown as FakeSocket
      atGateway(msPerMachine * tlsPart, () => {
        if (taken.destroyed) return
        door.secured(peerKey(socket))
        atGateway(msPerMachine * (1 - tlsPart), () => {
          door.settled(peerKey(socket))
          if (!taken.destroyed) admitted.get(taken)?.()
        })
      })
    },
  })

  function startMachine(machine: number): void {
    const random = { ...systemRandom, fraction: storm.fraction }
    const busy = createBackoff({ baseMs: 1_000, capMs: tunnelSettings.reconnectCapMs, random })
    const unreachable = createBackoff({ baseMs: 1_000, capMs: tunnelSettings.unreachableCapMs, random })
    const dial = (): void => {
      dials += 1
      if (time.monotonicMs() < gatewayAwayMs) return again(unreachable)
      unreachable.reset()
      const socket =
        storm.from === 'one address'
          ? new FakeSocket('10.0.0.1', dials)
          : new FakeSocket(`10.${machine >> 16}.${(machine >> 8) & 255}.${machine & 255}`, dials)
      const ended = (): void => {
        tooLong.cancel()
        turnedAway += 1
        again(busy)
      }
      const tooLong = time.after(dialTimeoutMs, () => socket.destroy())
      socket.once('close', ended)
      admitted.set(socket, () => {
        tooLong.cancel()
        socket.off('close', ended)
        backAfterMs.push(time.monotonicMs() - gatewayAwayMs)
      })
      atGateway(acceptMs, () => door.accept(socket as unknown as Socket))
    }
    const again = (pace: { nextMs(): number }): void => void time.after(Math.max(50, pace.nextMs()), dial)
    again(busy)
  }

  for (let machine = 0; machine < machines; machine += 1) startMachine(machine)
  time.runUntil(() => backAfterMs.length === machines)
  door.cut()
  await door.close()
  return { backAfterMs, turnedAway, dials }
}
