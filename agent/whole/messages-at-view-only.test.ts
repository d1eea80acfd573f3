import type { Duplex } from 'node:stream'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createBenchAuthority, exchange } from '../testing/agent-bench.ts'
import type { AgentBench, BenchAuthority } from '../testing/agent-bench.ts'
import { startTestMachine } from '../testing/test-machine.ts'
import type { TestMachine } from '../testing/test-machine.ts'

let authority: BenchAuthority
let bench: AgentBench
let machine: TestMachine
beforeAll(async () => {
  machine = await startTestMachine()
  const target = `127.0.0.1:${machine.httpPort}`
  const services = { chart: { kind: 'http', target, title: 'Chart', viewOnlyMessages: 'pass' }, hmi: { kind: 'http', target } }
  authority = await createBenchAuthority({ services })
  bench = await authority.open()
})
afterAll(async () => {
  await bench.close()
  authority.close()
  machine.close()
})

/** A masked text frame, and an empty ping (RFC 6455, section 5.2), with a key of zeros. */
const text = (words: string): Buffer => Buffer.concat([Buffer.from([0x81, 0x80 | words.length, 0, 0, 0, 0]), Buffer.from(words)])
const ping = Buffer.from([0x89, 0x80, 0, 0, 0, 0])

async function openSocket(service: string, session: string): Promise<{ readonly stream: Duplex; readonly heard: () => string }> {
  const { stream } = await bench.gateway.connect(service, session)
  let heard = ''
  stream.on('error', () => {}).setEncoding('latin1')
  stream.on('data', (chunk: string) => (heard += chunk))
  const key = Buffer.alloc(16).toString('base64')
  stream.write(
    `GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
  )
  await expect.poll(() => heard).toMatch(/^HTTP\/1\.1 101 [^]*\r\n\r\n$/)
  heard = ''
  return { stream, heard: () => heard }
}

it('passes messages at view only towards the service whose rule says so, and towards no other; the panel names it', async () => {
  const { session } = await bench.openSession({ services: ['chart', 'hmi'] })
  const [chart, hmi] = [await openSocket('chart', session), await openSocket('hmi', session)]
  const change = (view_only: boolean) => bench.panel.call('POST', '/api/session/conduct', { body: { operator: 'Olga', view_only } })
  expect((await change(true)).status).toBe(200)
  expect((await bench.panel.state()).session?.services).toMatchObject([
    { name: 'chart', messages_pass: true },
    { name: 'hmi', messages_pass: false },
  ])
  for (const { stream } of [chart, hmi]) stream.write(Buffer.concat([text('points'), ping]))
  // The pong comes after the echo of what went before it.
  await expect.poll(() => [chart, hmi].map(({ heard }) => heard())).toEqual(['\x81\x06points\x8a\x00', '\x8a\x00'])
  const post = await exchange((await bench.gateway.connect('chart', session)).stream, { path: '/', method: 'POST' })
  expect(post.response.statusCode).toBe(403)
  expect((await change(false)).status).toBe(200)
  // What was held back cannot be made good there; the other one lost nothing and goes on.
  await expect.poll(() => [chart, hmi].map(({ stream }) => stream.destroyed)).toEqual([false, true])
  chart.stream.write(text('more'))
  await expect.poll(chart.heard).toContain('\x81\x04more')
  chart.stream.destroy()
})
