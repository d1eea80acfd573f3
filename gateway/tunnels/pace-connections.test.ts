import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Clock } from '../basics/clock.ts'
import { FakeClock } from '../basics/fake-clock.ts'
import { silentLogger } from '../basics/logger.ts'
import { paceConnections } from './pace-connections.ts'
import type { PacedConnections } from './pace-connections.ts'
import { defaultTunnelLimits } from './tunnel-limits.ts'

let clock: FakeClock
let door: PacedConnections
let taken: Socket[]
const dialled: Socket[] = []
/** Bounds that the log names. */
const named: unknown[] = []
const logger = { ...silentLogger, warn: (fields: object) => void named.push('bound' in fields ? fields.bound : fields) }

beforeEach(() => {
  clock = new FakeClock()
  taken = []
  named.splice(0)
})
afterEach(async () => {
  for (const socket of dialled.splice(0)) socket.destroy()
  door.cut()
  await door.close()
})

async function open(limits: Partial<typeof defaultTunnelLimits>, by: Clock = clock): Promise<void> {
  const options = { limits: { ...defaultTunnelLimits, ...limits }, clock: by, logger }
  door = await paceConnections({ host: '127.0.0.1', port: 0, ...options, onConnection: (socket: Socket) => void taken.push(socket) })
}

/** Connects and says nothing. */
function dial(): Promise<'taken' | 'closed'> {
  const before = taken.length
  const socket = connect({ host: '127.0.0.1', port: door.address.port }).on('error', () => {})
  dialled.push(socket)
  const closed = new Promise<'closed'>((resolve) => socket.once('close', () => resolve('closed')))
  return Promise.race([closed, vi.waitUntil(() => taken.length > before, { timeout: 5_000, interval: 5 }).then(() => 'taken' as const)])
}

it.each([
  [{ maxHalfOpen: 3 }, 'connections without a finished handshake'],
  [{ maxHalfOpenPerAddress: 3 }, 'connections without a finished handshake of one address'],
])('gives the place of the oldest silent handshake to the next one, once it has had its time: %o', async (limits, bound) => {
  await open(limits)
  for (let place = 0; place < 3; place += 1) expect(await dial()).toBe('taken')
  expect(await dial()).toBe('closed')
  expect(named).toEqual([bound])
  clock.advance(1_999)
  expect(await dial()).toBe('closed')
  clock.advance(1)
  expect(await dial()).toBe('taken')
  expect(taken.map(({ destroyed }) => destroyed)).toEqual([true, false, false, false])
})

it('takes nobody for silent in a storm that keeps it from reading, nor one whose handshake is done', async () => {
  let behindMs = 0
  const busy: Clock = {
    nowMs: () => clock.nowMs(),
    nowS: () => clock.nowS(),
    monotonicMs: () => clock.monotonicMs() + behindMs,
    after: (delayMs, run) => clock.after(delayMs, run),
  }
  await open({ maxHalfOpen: 2 }, busy)
  expect(await dial()).toBe('taken')
  expect(await dial()).toBe('taken')
  behindMs = 10_000
  clock.advance(100)
  expect(await dial()).toBe('closed')
  for (const { remoteAddress, remotePort } of taken) door.secured(`${remoteAddress}|${remotePort}`)
  clock.advance(10_000)
  expect(await dial()).toBe('closed')
  expect(taken.map(({ destroyed }) => destroyed)).toEqual([false, false])
})

it('holds so many connections of one address, also when they were let in, and names the bound in the log', async () => {
  await open({ maxPerAddress: 3 })
  for (let place = 0; place < 3; place += 1) expect(await dial()).toBe('taken')
  for (const { remoteAddress, remotePort } of taken) door.settled(`${remoteAddress}|${remotePort}`)
  expect(await dial()).toBe('closed')
  expect(named).toEqual(['connections of one address'])
  // Who reads it sees its end; nobody does here.
  taken[0]?.destroy()
  await expect.poll(dial).toBe('taken')
})

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
