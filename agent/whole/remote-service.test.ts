import { connect, createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { once } from 'node:events'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createBenchAuthority, sessionRequest } from '../testing/agent-bench.ts'
import type { AgentBench, BenchAuthority } from '../testing/agent-bench.ts'

let authority: BenchAuthority
let bench: AgentBench
beforeAll(async () => {
  authority = await createBenchAuthority()
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
    const dials = bench.gateway.connections
    expect((await turn(false)).status).toBe(200)
    await cut
    const off = await bench.panel.state()
    expect(off).toMatchObject({ session: null, connection: { state: 'off' }, remote: { on: false, by: 'Olga', since: expect.any(Number) } })
    expect(off.acts[0]).toMatchObject({ act: 'remote_off', by: 'Olga' })
    await vi.waitFor(() => expect(bench.gateway.goodbye).toBe('switched-off'))
    await expect.poll(() => bench.events.map(({ type }) => type)).toEqual(expect.arrayContaining(['session.ended', 'remote.changed']))
    // Longer than the first tries of a link that was lost.
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    expect(bench.gateway.connections).toBe(dials)
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
    const dials = bench.gateway.connections
    await bench.restart()
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect((await bench.panel.state()).connection.state).toBe('off')
    expect(bench.gateway.connections).toBe(dials)
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
    await new Promise((resolve) => setTimeout(resolve, 400))
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
    delivered = await createBenchAuthority({ settings: { remoteService: 'off', gateway }, connects: false })
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
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    expect(heard).toHaveLength(1)
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
