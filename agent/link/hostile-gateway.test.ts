import type { TLSSocket } from 'node:tls'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
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

function frame(type: number, flags: number, stream: number, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(9)
  header.writeUIntBE(payload.length, 0, 3)
  header.writeUInt8(type, 3)
  header.writeUInt8(flags, 4)
  header.writeUInt32BE(stream, 5)
  return Buffer.concat([header, payload])
}

const [data, headers, priority, reset, settings, push, ping, goaway, windowUpdate, continuation] = Array.from(
  { length: 10 },
  (_, at) => at,
) as [number, number, number, number, number, number, number, number, number, number]
const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
const text = (value: string): Buffer => Buffer.concat([Buffer.from([value.length]), Buffer.from(value, 'latin1')])
/** HPACK (RFC 7541): indexed and literal fields without indexing. */
const get = (path: string): Buffer => Buffer.concat([Buffer.from([0x82, 0x87, 0x04]), text(path), Buffer.from([0x01]), text('x')])
const put = Buffer.concat([
  Buffer.from([0x02]),
  text('PUT'),
  Buffer.from([0x87, 0x04]),
  text(`/v1/sessions/ses_${'1'.repeat(32)}`),
  Buffer.from([0x01]),
  text('x'),
])
const connect = Buffer.concat([Buffer.from([0x02]), text('CONNECT'), Buffer.from([0x01]), text('hmi')])
const preface = Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1'), frame(settings, 0, 0)])
const repeat = (count: number, one: (at: number) => Buffer): Buffer => Buffer.concat(Array.from({ length: count }, (_, at) => one(at)))
const odd = (at: number): number => at * 2 + 1

it.each<[string, Buffer]>([
  [
    'resets what it opens',
    repeat(20_000, (at) => Buffer.concat([frame(headers, 0x5, odd(at), get('/v1/info')), frame(reset, 0, odd(at), uint32(8))])),
  ],
  ['asks for everything at once', repeat(5_000, (at) => frame(headers, 0x5, odd(at), get('/v1/events?after=0')))],
  ['opens streams to a service that nobody allowed', repeat(5_000, (at) => frame(headers, 0x4, odd(at), connect))],
  [
    'begins bodies and never ends them',
    repeat(1_000, (at) => Buffer.concat([frame(headers, 0x4, odd(at), put), frame(data, 0, odd(at), Buffer.alloc(1_000, 0x20))])),
  ],
  [
    'never ends its headers',
    Buffer.concat([frame(headers, 0, 1, get('/v1/info')), repeat(100_000, () => frame(continuation, 0, 1, Buffer.alloc(4, 0x82)))]),
  ],
  [
    'sends a megabyte of headers',
    Buffer.concat([
      frame(headers, 0, 1, get('/v1/info')),
      repeat(4_000, () =>
        frame(
          continuation,
          0,
          1,
          Buffer.concat([Buffer.from([0x00]), text('a'), text('a'.repeat(100)), Buffer.from([0x00]), text('b'), text('b'.repeat(100))]),
        ),
      ),
    ]),
  ],
  ['sends a frame that is too large', frame(data, 0, 1, Buffer.alloc(1_000_000))],
  ['sends data on a stream that it never opened', frame(data, 0, 99, Buffer.alloc(10))],
  [
    'opens windows beyond what there is',
    Buffer.concat([frame(headers, 0x5, 1, get('/v1/events?after=0')), repeat(4, () => frame(windowUpdate, 0, 0, uint32(0x7fff_ffff)))]),
  ],
  ['promises streams', frame(push, 0x4, 1, Buffer.concat([uint32(2), get('/')]))],
  ['sends PINGs without end', repeat(200_000, () => frame(ping, 0, 0, Buffer.alloc(8)))],
  ['sends SETTINGS without end', repeat(200_000, () => frame(settings, 0, 0))],
  ['sends PRIORITY without end', repeat(200_000, () => frame(priority, 0, 1, Buffer.concat([uint32(3), Buffer.alloc(1)])))],
  ['says goodbye with a novel', frame(goaway, 0, 0, Buffer.concat([uint32(0), uint32(0), Buffer.alloc(16_000, 'novel ')]))],
  [
    'says goodbye and goes on',
    Buffer.concat([
      frame(goaway, 0, 0, Buffer.concat([uint32(0), uint32(0), Buffer.from('shutdown')])),
      repeat(1_000, (at) => frame(headers, 0x5, odd(at), get('/v1/info'))),
    ]),
  ],
  ['speaks HTTP/1.1', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(100))],
])('a gateway that %s neither stops the panel nor fills the memory, and a good one is served afterwards', async (_what, attack) => {
  const { session } = await bench.openSession()
  const attacked = Promise.withResolvers<TLSSocket>()
  bench.gateway.hostile = (socket) => {
    bench.gateway.hostile = (again) => void again.destroy()
    socket.resume()
    socket.write(preface)
    socket.write(attack)
    attacked.resolve(socket)
  }
  const before = process.memoryUsage().rss
  bench.gateway.tunnel?.destroy()
  const socket = await attacked.promise
  for (let asked = 0; asked < 10; asked += 1) {
    const began = performance.now()
    expect((await bench.panel.state()).session).toMatchObject({ id: session })
    expect(performance.now() - began).toBeLessThan(3_000)
  }
  socket.destroy()
  bench.gateway.hostile = null
  expect(process.memoryUsage().rss - before).toBeLessThan(250 * 1024 * 1024)
  await vi.waitFor(() => expect(bench.gateway.tunnel).toBeDefined(), { timeout: 18_000 })
  await bench.connected()
  expect((await bench.through(session, { path: '/still-here' })).response.statusCode).toBe(200)
  expect((await bench.panel.call('POST', '/api/session/end', { body: { operator: null } })).status).toBe(200)
  expect((await bench.show(sessionRequest())).status).toBe(202)
})

it('a gateway that resets 10,000 streams in one go loses its connection (CVE-2023-44487)', async () => {
  const closed = Promise.withResolvers<void>()
  bench.gateway.hostile = (socket) => {
    bench.gateway.hostile = (again) => void again.destroy()
    socket.resume().once('close', closed.resolve)
    socket.write(preface)
    socket.write(
      repeat(10_000, (at) => Buffer.concat([frame(headers, 0x5, odd(at), get('/v1/info')), frame(reset, 0, odd(at), uint32(8))])),
    )
  }
  bench.gateway.tunnel?.destroy()
  await closed.promise
})
