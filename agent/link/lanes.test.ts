import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createBenchAuthority } from '../testing/agent-bench.ts'
import type { AgentBench, BenchAuthority } from '../testing/agent-bench.ts'
import type { Lane } from '../wire/lane.ts'

let authority: BenchAuthority
let bench: AgentBench
beforeAll(async () => {
  authority = await createBenchAuthority()
})
beforeEach(async () => {
  bench = await authority.open()
})
afterEach(() => bench.close())
afterAll(() => authority.close())

const waiting = (count: number): Promise<[string, Lane][]> =>
  vi.waitFor(() => {
    const lanes = [...bench.gateway.lanes]
    expect(lanes).toHaveLength(count)
    return lanes
  })

async function oneThatWaits(): Promise<{ readonly id: string; readonly lane: Lane }> {
  const [first] = await waiting(2)
  if (first === undefined) throw new Error('no lane')
  return { id: first[0], lane: first[1] }
}

async function onLane(session: string): Promise<Duplex> {
  const { id, lane } = await oneThatWaits()
  lane.take()
  const { stream, status } = await bench.gateway.connect('plc', session, id)
  expect(status).toBe(200)
  lane.tie(stream)
  return lane.socket
}

describe('lanes of an agent', () => {
  it('wait only while an approved session may carry bytes', async () => {
    expect(bench.gateway.lanes.size).toBe(0)
    const web = await bench.openSession({ services: ['hmi'] })
    await bench.gateway.request('DELETE', `/v1/sessions/${web.session}`)
    expect(bench.gateway.lanes.size).toBe(0)
    const { session } = await bench.openSession()
    await waiting(2)
    await bench.gateway.request('DELETE', `/v1/sessions/${session}`)
    await waiting(0)
  })

  it('carry the bytes of the stream that names them, count them, and another comes in their place', async () => {
    const { session } = await bench.openSession()
    const bytes = await onLane(session)
    const sent = randomBytes(6 * 1024 * 1024)
    bytes.end(sent)
    const hash = createHash('sha256')
    let length = 0
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      hash.update(chunk)
      length += chunk.length
    }
    expect(hash.digest('hex')).toBe(createHash('sha256').update(sent).update('bye').digest('hex'))
    expect((await bench.panel.state()).session!.services[1]).toMatchObject({ name: 'plc', bytes_up: sent.length, bytes_down: length })
    await waiting(2)
  })

  it('are cut by the operator in the same moment as the stream', async () => {
    const { session } = await bench.openSession()
    const bytes = await onLane(session)
    bytes.write('hello')
    await once(bytes, 'data')
    const ends: string[] = []
    bytes.on('end', () => ends.push('end'))
    const closed = once(bytes, 'close')
    await bench.panel.call('POST', '/api/session/end', { body: { operator: 'Olga' } })
    await closed
    expect(ends).toEqual([])
    await vi.waitFor(() => expect(bench.machine.open.size).toBe(0))
  })

  it('end with the tunnel, and with them what they carry', async () => {
    const { session } = await bench.openSession()
    const bytes = await onLane(session)
    bytes.write('hello')
    await once(bytes, 'data')
    bench.gateway.tunnel?.destroy()
    await vi.waitFor(() => expect([bytes.destroyed, bench.machine.open.size]).toEqual([true, 0]))
  })

  it('carry nothing that the agent did not admit', async () => {
    const { session } = await bench.openSession({ services: ['plc'] })
    const { id, lane } = await oneThatWaits()
    for (const [service, named] of [
      ['lost', session],
      ['plc', `ses_${'0'.repeat(32)}`],
    ] as const) {
      const { status, error } = await bench.gateway.connect(service, named, id)
      expect([status, error]).toEqual([403, service === 'lost' ? 'service_not_approved' : 'no_approval'])
    }
    expect(lane.socket.destroyed).toBe(false)
    lane.socket.write('without a stream')
    await vi.waitFor(() => expect(lane.socket.destroyed).toBe(true))
    expect(bench.machine.open.size).toBe(0)
  })

  it.each(['f'.repeat(32), '', 'not an id'])('that do not exist leave the stream in the tunnel: %j', async (id) => {
    const { session } = await bench.openSession()
    const { stream, status } = await bench.gateway.connect('plc', session, id)
    expect(status).toBe(200)
    stream.end('through the tunnel')
    const chunks: string[] = []
    for await (const chunk of stream) chunks.push(String(chunk))
    expect(chunks.join('')).toBe('through the tunnelbye')
  })

  it('are dialled a few at once and then one a second', async () => {
    const { session } = await bench.openSession()
    const seen = new Set<string>()
    for (let round = 0; round < 4; round += 1) {
      const [id, lane] = await vi.waitUntil(() => [...bench.gateway.lanes].find(([name]) => !seen.has(name)))
      seen.add(id)
      lane.take()
      const { stream } = await bench.gateway.connect('plc', session, id)
      lane.tie(stream)
      stream.destroy()
    }
    expect(seen.size + bench.gateway.lanes.size).toBeLessThanOrEqual(7)
  })
})
