import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import { paceConnections } from './pace-connections.ts'
import type { PacedConnections } from './pace-connections.ts'
import { defaultTunnelLimits } from './tunnel-limits.ts'

let clock: FakeClock
let door: PacedConnections
let taken: Socket[]
const dialled: Socket[] = []

beforeEach(() => {
  clock = new FakeClock()
  taken = []
})
afterEach(async () => {
  for (const socket of dialled.splice(0)) socket.destroy()
  door.cut()
  await door.close()
})

async function open(limits: Partial<typeof defaultTunnelLimits>): Promise<void> {
  const options = { limits: { ...defaultTunnelLimits, ...limits }, clock, onConnection: (socket: Socket) => void taken.push(socket) }
  door = await paceConnections({ host: '127.0.0.1', port: 0, ...options })
}

/** Connects and says nothing. */
function dial(): Promise<'taken' | 'closed'> {
  const before = taken.length
  const socket = connect({ host: '127.0.0.1', port: door.address.port }).on('error', () => {})
  dialled.push(socket)
  const closed = new Promise<'closed'>((resolve) => socket.once('close', () => resolve('closed')))
  return Promise.race([closed, vi.waitUntil(() => taken.length > before, { timeout: 5_000, interval: 5 }).then(() => 'taken' as const)])
}

it.each([{ maxHalfOpen: 3 }, { maxHalfOpenPerAddress: 3 }])(
  'gives the place of the oldest silent handshake to the next one, once it has had its time: %o',
  async (limits) => {
    await open(limits)
    for (let place = 0; place < 3; place += 1) expect(await dial()).toBe('taken')
    expect(await dial()).toBe('closed')
    clock.advance(1_999)
    expect(await dial()).toBe('closed')
    clock.advance(1)
    expect(await dial()).toBe('taken')
    expect(taken.map(({ destroyed }) => destroyed)).toEqual([true, false, false, false])
  },
)

it('cuts no tunnel that was let in, however full it is', async () => {
  await open({ maxHalfOpen: 2 })
  expect(await dial()).toBe('taken')
  const [first] = taken
  door.settled(`${first?.remoteAddress}|${first?.remotePort}`)
  for (let place = 0; place < 2; place += 1) expect(await dial()).toBe('taken')
  clock.advance(60_000)
  for (let place = 0; place < 5; place += 1) {
    expect(await dial()).toBe('taken')
    clock.advance(60_000)
  }
  expect(first?.destroyed).toBe(false)
})

it('counts a place as free exactly once', async () => {
  await open({ maxHalfOpen: 2 })
  for (let round = 0; round < 20; round += 1) {
    for (let place = 0; place < 2; place += 1) expect(await dial()).toBe('taken')
    clock.advance(2_000)
    await vi.waitFor(() => expect(taken.filter(({ destroyed }) => !destroyed).length).toBeLessThanOrEqual(2))
  }
  expect(await dial()).toBe('taken')
  expect(await dial()).toBe('taken')
  expect(await dial()).toBe('closed')
})
