import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A line to the gateway that breaks under one machine after the other. */
export interface BreakingRelay extends AsyncDisposable {
  readonly port: number
  /** Resets the connection that has lasted longest; false where there is none. */
  breakOldest(): boolean
}

export async function openBreakingRelay(targetPort: number): Promise<BreakingRelay> {
  const pairs = new Set<readonly [Socket, Socket]>()
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ host: '127.0.0.1', port: targetPort, noDelay: true })
    const pair = [near, far] as const
    pairs.add(pair)
    near.pipe(far).pipe(near)
    for (const socket of pair) {
      socket.on('error', () => {})
      socket.once('close', () => {
        pairs.delete(pair)
        for (const each of pair) each.destroy()
      })
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    breakOldest() {
      const [oldest] = pairs
      for (const socket of oldest ?? []) socket.resetAndDestroy()
      return oldest !== undefined
    },
    async [Symbol.asyncDispose]() {
      for (const socket of [...pairs].flat()) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
