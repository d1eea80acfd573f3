import { connect, createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import { guardConnections } from './guard-connections.ts'

const plenty = { perSecond: 100, burst: 100, maxConnections: 100, maxPerAddress: 100, ofAddress: { perSecond: 100, burst: 100 } }

let clock: FakeClock
let server: Server
let count: { alive: number }
const dialled: Socket[] = []

beforeEach(async () => {
  clock = new FakeClock()
  const counter = { alive: 0 }
  count = counter
  server = createServer((socket) => {
    socket.on('error', () => {})
    if (socket.destroyed) return
    counter.alive += 1
    socket.once('close', () => (counter.alive -= 1))
    socket.write('hello')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  for (const socket of dialled.splice(0)) socket.destroy()
  await new Promise((resolve) => server.close(resolve))
})

/** From an address of this machine's own network 127.0.0.0/8, of which each counts as another one. */
function dial(localAddress = '127.0.0.1'): Promise<'served' | 'closed'> {
  const socket = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, localAddress }).on('error', () => {})
  dialled.push(socket)
  return new Promise((resolve) => {
    socket.once('data', () => resolve('served'))
    socket.once('close', () => resolve('closed'))
  })
}

it('closes what comes faster than its rate', async () => {
  guardConnections(server, { ...plenty, clock, perSecond: 10, burst: 2 })
  expect([await dial(), await dial(), await dial()]).toEqual(['served', 'served', 'closed'])
  clock.advance(99)
  expect(await dial()).toBe('closed')
  clock.advance(1)
  expect([await dial(), await dial()]).toEqual(['served', 'closed'])
})

it('closes what one address has too many of, until one of them is gone', async () => {
  guardConnections(server, { ...plenty, clock, maxPerAddress: 2 })
  expect([await dial(), await dial(), await dial()]).toEqual(['served', 'served', 'closed'])
  dialled[0]?.destroy()
  await vi.waitFor(() => expect(count.alive).toBe(1))
  expect([await dial(), await dial()]).toEqual(['served', 'closed'])
})

it('lets one address take its share of the rate and no more: somebody else still comes in', async () => {
  guardConnections(server, { ...plenty, clock, perSecond: 1, burst: 4, ofAddress: { perSecond: 1, burst: 3 } })
  expect([await dial(), await dial(), await dial()]).toEqual(['served', 'served', 'served'])
  for (let round = 0; round < 20; round += 1) expect(await dial()).toBe('closed')
  expect(await dial('127.0.0.2')).toBe('served')
})

it('gives the place of the oldest silent handshake to whoever comes, once it has had its time, and none of those that are done', async () => {
  guardConnections(server, { ...plenty, clock, maxConnections: 3 })
  for (let place = 0; place < 3; place += 1) expect(await dial(`127.0.0.${2 + place}`)).toBe('served')
  const [done, silent] = dialled
  server.emit('secureConnection', { remoteAddress: done?.localAddress, remotePort: done?.localPort })
  clock.advance(1_999)
  expect(await dial()).toBe('closed')
  clock.advance(1)
  expect(await dial()).toBe('served')
  await vi.waitFor(() => expect([done?.destroyed, silent?.destroyed]).toEqual([false, true]))
})
