import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A line to the gateway that breaks under one machine after the other. */
export interface BreakingRelay extends AsyncDisposable {
  readonly port: number
  /** Connections that were made so far. */
  readonly made: number
  /** Resets the connection that has lasted longest; false where there is none. */
  breakOldest(): boolean
  /** Each machine hears that its connection is gone, and the gateway hears nothing: for it they are all still there, and silent. */
  halfOpenAll(): void
}

export async function openBreakingRelay(targetPort: number): Promise<BreakingRelay> {
  const pairs = new Set<readonly [Socket, Socket]>()
  const halfOpen = new Set<Socket>()
  let made = 0
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ host: '127.0.0.1', port: targetPort, noDelay: true })
    const pair = [near, far] as const
    pairs.add(pair)
    made += 1
    near.pipe(far).pipe(near)
    for (const socket of pair) {
      socket.on('error', () => {})
      socket.once('close', () => {
        pairs.delete(pair)
        halfOpen.delete(socket)
        for (const each of pair) if (!halfOpen.has(each)) each.destroy()
      })
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    get made() {
      return made
    },
    breakOldest() {
      const [oldest] = pairs
      for (const socket of oldest ?? []) socket.resetAndDestroy()
      return oldest !== undefined
    },
    halfOpenAll() {
      for (const [near, far] of pairs) {
        near.unpipe(far)
        far.unpipe(near)
        halfOpen.add(far.resume())
        near.resetAndDestroy()
      }
    },
    async [Symbol.asyncDispose]() {
      for (const socket of [...[...pairs].flat(), ...halfOpen]) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
