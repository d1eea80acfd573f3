import { connect, createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import { guardConnections } from './guard-connections.ts'

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

function dial(): Promise<'served' | 'closed'> {
  const socket = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port }).on('error', () => {})
  dialled.push(socket)
  return new Promise((resolve) => {
    socket.once('data', () => resolve('served'))
    socket.once('close', () => resolve('closed'))
  })
}

it('closes what comes faster than its rate', async () => {
  guardConnections(server, { clock, perSecond: 10, burst: 2, maxPerAddress: 100 })
  expect([await dial(), await dial(), await dial()]).toEqual(['served', 'served', 'closed'])
  clock.advance(99)
  expect(await dial()).toBe('closed')
  clock.advance(1)
  expect([await dial(), await dial()]).toEqual(['served', 'closed'])
})

it('closes what one address has too many of, until one of them is gone', async () => {
  guardConnections(server, { clock, perSecond: 10, burst: 100, maxPerAddress: 2 })
  expect([await dial(), await dial(), await dial()]).toEqual(['served', 'served', 'closed'])
  dialled[0]?.destroy()
  await vi.waitFor(() => expect(count.alive).toBe(1))
  expect([await dial(), await dial()]).toEqual(['served', 'closed'])
})
