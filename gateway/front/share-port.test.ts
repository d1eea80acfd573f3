import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import { connect } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { silentLogger } from '../basics/logger.ts'
import { FakeClock } from '../basics/fake-clock.ts'
import type { ClientHello } from './read-client-hello.ts'
import { maxUndecided, sharePort, type SharedPort } from './share-port.ts'

describe('a shared port', () => {
  const clock = new FakeClock()
  let shared: SharedPort
  let hellos: ClientHello[]
  let taken: Buffer[]
  /** Bounds that the log names. */
  const named: unknown[] = []
  const logger = { ...silentLogger, warn: (fields: object) => void named.push('bound' in fields ? fields.bound : fields) }
  const open: Socket[] = []

  beforeEach(async () => {
    hellos = []
    taken = []
    const accept = (socket: Socket): void => {
      open.push(socket)
      socket.on('data', (chunk) => taken.push(chunk))
    }
    const choose = (hello: ClientHello) => (hellos.push(hello), hello.serverName === 'nobody.example' ? null : accept)
    shared = await sharePort({ host: '127.0.0.1', port: 0, choose, clock, logger })
  })
  afterEach(async () => {
    for (const socket of open.splice(0)) socket.destroy()
    await shared.close()
  })
  const dial = (servername: string): Socket => {
    const client = connect({ host: '127.0.0.1', port: shared.address.port, servername, ALPNProtocols: ['rh2'] })
    client.on('error', () => {})
    open.push(client)
    return client
  }

  const closeOf = (socket: Socket): Promise<unknown> => new Promise((resolve) => socket.once('close', resolve))

  it('hands a connection on with every byte that it read', async () => {
    dial('gw.example')
    await expect.poll(() => Buffer.concat(taken).length).toBeGreaterThan(100)
    expect(hellos).toEqual([{ serverName: 'gw.example', protocols: ['rh2'] }])
    expect(Buffer.concat(taken)[0]).toBe(22)
  })

  it('lets somebody in beside as many silent strangers as it has places for', async () => {
    // A few at a time: whom the kernel has no place for in its queue thinks that he is connected, and never comes in.
    for (let come = 0; come < maxUndecided + 20; come += 202) {
      const strangers = Array.from({ length: 202 }, () => connectTcp(shared.address.port, '127.0.0.1').on('error', () => {}))
      open.push(...strangers)
      await expect.poll(() => strangers.filter((one) => one.readyState === 'open' || one.destroyed).length).toBe(strangers.length)
    }
    dial('gw.example')
    await expect.poll(() => hellos.length).toBe(1)
    expect(named).toEqual(['connections without a hello'])
  })

  it('holds so many connections in all, closes one more, and names the bound in the log', async () => {
    const small = await sharePort({ host: '127.0.0.1', port: 0, choose: () => null, most: 2, clock, logger })
    const stranger = (): Socket => connectTcp(small.address.port, '127.0.0.1').on('error', () => {})
    const two = [stranger(), stranger()]
    open.push(...two)
    await expect.poll(() => two.map(({ readyState }) => readyState)).toEqual(['open', 'open'])
    await closeOf(stranger())
    expect(named.at(-1)).toBe('connections of the one port')
    expect(two.some(({ destroyed }) => destroyed)).toBe(false)
    await small.close()
  })

  it('cuts who is meant for nobody, who speaks no TLS, and who does not finish the hello in five seconds', async () => {
    await closeOf(dial('nobody.example'))
    const plain = connectTcp(shared.address.port, '127.0.0.1')
    plain.on('error', () => {}).write('SSH-2.0-scan\r\n')
    await closeOf(plain)
    const slow = connectTcp(shared.address.port, '127.0.0.1')
    slow.on('error', () => {}).write(Buffer.from([22, 3, 1]))
    await once(slow, 'connect')
    const closed = closeOf(slow)
    // Until it is waited for.
    await expect.poll(() => (clock.advance(5_000), slow.destroyed || slow.readableEnded), { interval: 20 }).toBe(true)
    await closed
    expect(taken).toEqual([])
  })
})
