import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/** A TCP relay on loopback that can be cut: then no byte passes and nobody is told, as with a pulled plug. */
export interface Cable extends AsyncDisposable {
  readonly port: number
  cut(): void
  heal(): void
}

export async function openCable(targetPort: number): Promise<Cable> {
  const sockets = new Set<Socket>()
  let isCut = false

  function join(near: Socket, far: Socket): void {
    sockets.add(near)
    near.on('data', (chunk) => {
      if (!far.write(chunk)) near.pause()
    })
    far.on('drain', () => !isCut && near.resume())
    near.on('error', () => {})
    near.once('close', () => {
      sockets.delete(near)
      if (!isCut) far.destroy()
    })
  }

  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ host: '127.0.0.1', port: targetPort, noDelay: true })
    join(near, far)
    join(far, near)
    if (isCut) for (const socket of [near, far]) socket.pause()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      isCut = true
      for (const socket of sockets) socket.pause()
    },
    heal() {
      isCut = false
      for (const socket of sockets) socket.resume()
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
