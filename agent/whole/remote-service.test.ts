import { connect, createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { once } from 'node:events'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemClock, type Clock } from '../basics/clock.ts'
import { createBenchAuthority, sessionRequest } from '../testing/agent-bench.ts'
import type { AgentBench, BenchAuthority } from '../testing/agent-bench.ts'

/** Of the agent: what waits for its time, and can be made due at once. */
const waiting = new Set<() => void>()
const clock: Clock = {
  ...systemClock,
  after: (ms, run) => {
    const due = (): void => {
      waiting.delete(due)
      timer.cancel()
      run()
    }
    const timer = systemClock.after(ms, due)
    waiting.add(due)
    return { cancel: () => (waiting.delete(due), timer.cancel()) }
  },
}
const ownKnocks = 2
/** As if hours had passed: whatever the agent means to do some time, it does now; then it has turns enough to dial. */
async function letAllTimesPass(): Promise<void> {
  for (let round = 0; round < 50; round += 1) {
    // What comes of it waits for the next round, or there would be no end.
    const dueNow = Array.from(waiting)
    for (const due of dueNow) due()
    await new Promise(setImmediate)
  }
  // A connection that was begun before this one is there before it, and none is begun before the next.
  for (let knocks = 1; knocks <= ownKnocks; knocks += 1) await knockAtGateway()
}

async function knockAtGateway(): Promise<void> {
  const { reached } = bench.gateway
  const knock = connect(bench.gateway.port, '127.0.0.1', () => knock.destroy())
  await vi.waitFor(() => expect(bench.gateway.reached).toBeGreaterThan(reached))
}

let authority: BenchAuthority
let bench: AgentBench
beforeAll(async () => {
  authority = await createBenchAuthority({ clock })
})
afterAll(() => authority.close())
beforeEach(async () => {
  bench = await authority.open()
})
afterEach(() => bench.close())

const turn = (enabled: boolean, operator = 'Olga') => bench.panel.call('POST', '/api/remote', { body: { enabled, operator } })

describe('remote service as a whole', () => {
  it('ends what lives when it is turned off, tells the gateway why, and opens no connection until it is turned on', async () => {
    const { session } = await bench.openSession()
    const { stream } = await bench.gateway.connect('plc', session)
    const cut = new Promise((resolve) => stream.on('error', () => {}).once('close', resolve))
    const { connections: dials } = bench.gateway
    expect((await turn(false)).status).toBe(200)
    await cut
    const off = await bench.panel.state()
    expect(off).toMatchObject({ session: null, connection: { state: 'off' }, remote: { on: false, by: 'Olga', since: expect.any(Number) } })
    expect(off.acts[0]).toMatchObject({ act: 'remote_off', by: 'Olga' })
    await vi.waitFor(() => expect(bench.gateway.goodbye).toBe('switched-off'))
    await expect.poll(() => bench.events.map(({ type }) => type)).toEqual(expect.arrayContaining(['session.ended', 'remote.changed']))
    // Lanes that were dialled before are there by now.
    await knockAtGateway()
    const { reached } = bench.gateway
    await letAllTimesPass()
    expect([bench.gateway.reached - ownKnocks, bench.gateway.connections]).toEqual([reached, dials])
    expect((await turn(true, 'Omar')).status).toBe(200)
    await bench.connected()
    expect(bench.gateway.connections).toBe(dials + 1)
    expect((await bench.panel.state()).acts.map(({ act, by }) => [act, by])).toEqual([
      ['remote_on', 'Omar'],
      ['remote_off', 'Olga'],
    ])
    expect((await bench.show(sessionRequest())).status).toBe(202)
  })

  it('stays off over a restart, and only the panel turns it on', async () => {
    expect((await turn(false)).status).toBe(200)
    await bench.agent.close()
    const { reached } = bench.gateway
    await bench.restart()
    await letAllTimesPass()
    expect((await bench.panel.state()).connection.state).toBe('off')
    expect(bench.gateway.reached - ownKnocks).toBe(reached)
    expect((await turn(true, 'Nobody')).status).toBe(400)
    expect((await turn(true)).status).toBe(200)
    await bench.connected()
  })

  it('turned off and on in the same breath has one tunnel, which carries', async () => {
    for (let again = 0; again < 5; again += 1) {
      expect((await turn(false)).status).toBe(200)
      expect((await turn(true)).status).toBe(200)
    }
    await bench.connected()
    const { session } = await bench.openSession()
    // Of the tunnels before it, none comes back and takes its place.
    for (let round = 0; round < 50; round += 1) await new Promise(setImmediate)
    expect((await bench.panel.state()).session?.id).toBe(session)
    expect((await bench.through(session, { path: '/' })).response.statusCode).toBe(200)
  })
})

describe('a machine as it is delivered', () => {
  let anywhere: Server
  const heard: Socket[] = []
  let delivered: BenchAuthority
  beforeAll(async () => {
    anywhere = createServer((socket) => heard.push(socket.on('error', () => {}))).listen(0, '127.0.0.1')
    await once(anywhere, 'listening')
    const at = `127.0.0.1:${(anywhere.address() as AddressInfo).port}`
    const gateway = { tunnel: at, est: `https://${at}`, caFile: 'none.pem', trustDomain: 'acme.example' }
    delivered = await createBenchAuthority({ settings: { remoteService: 'off', gateway }, connects: false, clock })
    // It would be heard.
    const knock = connect(Number(at.split(':')[1]), '127.0.0.1', () => knock.destroy())
    await vi.waitFor(() => expect(heard).toHaveLength(1))
  })
  afterAll(() => {
    for (const socket of heard) socket.destroy()
    anywhere.close()
    delivered.close()
  })

  it('opens no connection until somebody at the machine turns remote service on, which is the first entry of its history', async () => {
    const fresh = await delivered.open()
    await letAllTimesPass()
    const at = (anywhere.address() as AddressInfo).port
    const knock = connect(at, '127.0.0.1')
    await once(knock, 'connect')
    const { localPort } = knock
    await vi.waitFor(() => expect(heard.some(({ remotePort }) => remotePort === localPort)).toBe(true))
    knock.destroy()
    // The test's own two, and nothing before the second.
    expect(heard).toHaveLength(2)
    expect(await fresh.panel.state()).toMatchObject({
      remote: { on: false, by: null, since: null },
      connection: { state: 'off' },
      acts: [],
    })
    expect((await fresh.panel.call('POST', '/api/remote', { body: { enabled: true, operator: 'Olga' } })).status).toBe(200)
    expect((await fresh.panel.state()).acts).toEqual([{ at: expect.any(Number), act: 'remote_on', service: null, by: 'Olga' }])
    await fresh.close()
  })
})
