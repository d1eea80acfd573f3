import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { tearSocket } from './tear-socket.ts'

let server: Server
const accepted: Socket[] = []
beforeEach(async () => {
  server = createServer({ allowHalfOpen: true }, (socket) => accepted.push(socket.on('error', () => {}))).listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(() => {
  for (const socket of accepted.splice(0)) socket.destroy()
  server.close()
})

async function pair(): Promise<readonly [near: Socket, far: Socket]> {
  const arrived = once(server, 'connection') as Promise<[Socket]>
  const near = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true })
  const [[far]] = await Promise.all([arrived, once(near, 'connect')])
  return [near, far]
}

/** How the far side sees it end. */
const ending = (far: Socket): Promise<string> =>
  new Promise((resolve) =>
    far
      .resume()
      .once('end', () => resolve('whole'))
      .once('error', () => resolve('torn')),
  )
const connections = (): number => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length

describe('a connection that is torn', () => {
  it('while the end of its bytes is on its way is closed, and leaves no descriptor behind', async () => {
    const before = connections()
    for (let round = 1; round <= 50; round += 1) {
      const [near, far] = await pair()
      const errors: unknown[] = []
      near.on('error', (error) => errors.push(error))
      near.end('all of it')
      // Not in the same moment for all: before, while and after the FIN is handed over.
      for (let turn = 0; turn < round % 4; turn += 1) await new Promise(setImmediate)
      const closed = once(near, 'close')
      tearSocket(near)
      await closed
      expect(errors).toEqual([])
      far.destroy()
      await once(far, 'close')
    }
    expect(connections()).toBe(before)
  })

  it('in the middle of its bytes does not look whole', async () => {
    const [near, far] = await pair()
    near.write('half of it')
    await once(far, 'data')
    const how = ending(far)
    tearSocket(near)
    expect(await how).toBe('torn')
  })

  it('with an end behind bytes that nobody takes does not look whole, and does not wait for them', async () => {
    const [near, far] = await pair()
    far.pause()
    near.end(Buffer.alloc(64 * 1024 * 1024))
    const closed = once(near, 'close')
    tearSocket(near)
    await closed
    expect(await ending(far)).toBe('torn')
  })

  it('before it is one is given up', async () => {
    const near = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' })
    tearSocket(near)
    await once(near, 'close')
  })
})
