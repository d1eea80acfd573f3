import { createHash } from 'node:crypto'
import { Agent } from 'node:http'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { createBenchAuthority, exchange, send } from '../testing/agent-bench.ts'
import type { AgentBench, BenchAuthority } from '../testing/agent-bench.ts'
import { tailText } from '../testing/test-machine.ts'

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

describe('streams of an approved session', () => {
  it('speaks HTTP anew: own Host and framing, no hop-by-hop fields, the machine by its neutral name', async () => {
    const { session } = await bench.openSession()
    const { response } = await bench.through(session, {
      path: '/moved',
      headers: {
        origin: 'http://sallyport.invalid',
        referer: 'http://sallyport.invalid/a',
        'x-kept': 'yes',
        'x-dropped': 'no',
        'sallyport-session': 'x',
        connection: 'keep-alive, x-dropped',
        te: 'trailers',
        'proxy-authorization': 'Basic eDp5',
      },
    })
    const origin = `127.0.0.1:${bench.machine.httpPort}`
    expect(bench.machine.headers[0]).toMatchObject({
      host: origin,
      origin: `http://${origin}`,
      referer: `http://${origin}/a`,
      'x-kept': 'yes',
    })
    for (const name of ['x-dropped', 'sallyport-session', 'te', 'proxy-authorization', 'transfer-encoding', 'content-length'])
      expect(bench.machine.headers[0]).not.toHaveProperty(name)
    expect(response.headers).toMatchObject({ location: '/next?x=1', 'set-cookie': ['a=1', 'b=2'] })
    expect(response.headers).not.toHaveProperty('sallyport-agent-error')
  })

  it('answers 502 in its own name within a second when the service is not there', async () => {
    const { session } = await bench.openSession()
    const began = performance.now()
    const { stream } = await bench.gateway.connect('gone', session)
    const { response } = await exchange(stream, { path: '/' })
    expect([response.statusCode, response.headers['sallyport-agent-error']]).toEqual([502, 'service_unreachable'])
    expect(await bench.gateway.connect('lost', session)).toMatchObject({ status: 502, error: 'service_unreachable' })
    expect(performance.now() - began).toBeLessThan(1_000)
  })

  it('tears what the service tore, so that half a body never looks whole', async () => {
    const { session } = await bench.openSession()
    await expect(bench.through(session, { path: '/torn' })).rejects.toThrow(/aborted|ECONNRESET|hang up/)
  })

  it('keeps every byte of 2,000 answers that end in an empty chunk', async () => {
    const { session } = await bench.openSession()
    const streams = await Promise.all(Array.from({ length: 4 }, () => bench.gateway.connect('hmi', session)))
    const answers = await Promise.all(
      streams.map(async ({ stream }, at) => {
        const connections = new Agent({ keepAlive: true, maxSockets: 1 })
        // A stream of HTTP/2 has none of the TCP options that these would set, and each request leaves a listener on it.
        stream.setMaxListeners(0)
        Object.assign(connections, { createConnection: () => stream, keepSocketAlive: () => true, reuseSocket: () => {} })
        const wrong: string[] = []
        for (let n = at; n < 2_000; n += streams.length) {
          const path = `/tail/${n}`
          const { body, response } = await send({ agent: connections, path, method: n % 8 < 4 ? 'GET' : 'PUT' })
          if (response.statusCode !== 200 || body.toString() !== tailText(path)) wrong.push(path)
        }
        connections.destroy()
        return wrong
      }),
    )
    expect(answers.flat()).toEqual([])
    expect(bench.machine.seen).toHaveLength(2_000)
  })

  it('passes the head on at once when the service has nothing more to say yet', async () => {
    const { session } = await bench.openSession()
    const { stream } = await bench.gateway.connect('hmi', session)
    stream.write('GET /quiet HTTP/1.1\r\nHost: x\r\n\r\n')
    const head = await new Promise<Buffer>((resolve) => stream.once('data', resolve))
    expect(head.toString()).toMatch(/^HTTP\/1\.1 200 OK\r\n.*text\/event-stream/is)
    stream.destroy()
  })

  it('carries 50 MB each way, whole, and holds back a reader that stalls', async () => {
    const { session } = await bench.openSession()
    const up = Buffer.alloc(50 * 1024 * 1024, 'u')
    const uploaded = await bench.through(session, { method: 'PUT', path: '/up' }, up)
    expect(JSON.parse(uploaded.body.toString())).toMatchObject({ bytes: up.length, sha256: createHash('sha256').update(up).digest('hex') })
    expect((await bench.through(session, { path: '/down' })).body).toHaveLength(200 * 256 * 1024)

    const { stream } = await bench.gateway.connect('hmi', session)
    stream.write('GET /down HTTP/1.1\r\nHost: x\r\n\r\n')
    stream.pause()
    const before = (await bench.panel.state()).session!.services[0]!.bytes_down
    let last = -1
    await vi.waitFor(
      async () => {
        const now = (await bench.panel.state()).session!.services[0]!.bytes_down
        const still = now === last && now > before
        last = now
        expect(still).toBe(true)
      },
      { interval: 300, timeout: 10_000 },
    )
    expect(last - before).toBeLessThan(8 * 1024 * 1024)
    stream.destroy()
  })

  it('keeps a chunked DELETE chunked on a connection that is used again: no second request hides in it', async () => {
    const { session } = await bench.openSession()
    const smuggled = 'GET /admin/smuggled HTTP/1.1\r\nHost: x\r\n\r\n'
    for (const method of ['DELETE', 'OPTIONS']) {
      const chunk = `${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`
      expect(
        await bench.raw(
          session,
          `${method} /thing HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}GET /next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
        ),
      ).toContain(`"bytes":${smuggled.length}`)
    }
    expect(bench.machine.seen).toEqual(['DELETE /thing', 'GET /next', 'OPTIONS /thing', 'GET /next'])
  })

  it('passes requests that were sent without waiting one after the other', async () => {
    const { session } = await bench.openSession()
    const paths = ['/1', '/2', '/3', '/4', '/5']
    const answers = await bench.raw(
      session,
      paths
        .map((path, at) => `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n${at === 4 ? 'Connection: close\r\n' : ''}\r\nabc`)
        .join(''),
    )
    expect(answers.match(/"bytes":3/g)).toHaveLength(5)
    expect(bench.machine.seen).toEqual(paths.map((path) => `POST ${path}`))
  })

  it('does not pass a request on while the one before it is not answered', async () => {
    const { session } = await bench.openSession()
    const { stream } = await bench.gateway.connect('hmi', session)
    stream.write(['/1', '/quiet', '/3'].map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`).join(''))
    let text = ''
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
    await vi.waitFor(() => expect(text).toContain('text/event-stream'))
    expect((await bench.through(session, { path: '/another' })).response.statusCode).toBe(200)
    expect(bench.machine.seen).toEqual(['GET /1', 'GET /quiet', 'GET /another'])
    stream.destroy()
  })

  it('ends a stream on which requests wait without end: they would fill the memory', async () => {
    const { session } = await bench.openSession()
    const { stream } = await bench.gateway.connect('hmi', session)
    const closed = new Promise((resolve) => stream.on('error', () => {}).once('close', resolve))
    stream.resume()
    stream.write('GET /quiet HTTP/1.1\r\nHost: x\r\n\r\n')
    stream.write('GET /more HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(100))
    await closed
    expect(bench.machine.seen).not.toContain('GET /more')
    await vi.waitFor(async () => expect((await bench.panel.state()).session!.services[0]).toMatchObject({ open_streams: 0 }))
    expect((await bench.through(session, { path: '/still-here' })).response.statusCode).toBe(200)
  })

  it.each([
    ['an upgrade that the machine refuses', 'GET /live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n'],
    ['an upgrade to nowhere', 'GET /li\xffve HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n'],
    ['CONNECT', 'CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: x\r\n'],
    ['garbage', '\x00\x01\r\n'],
  ])('ends a stream on which %s comes while an answer is on its way, and nothing else', async (_what, bytes) => {
    bench.machine.rawUpgrade = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n'
    const { session } = await bench.openSession()
    const { stream } = await bench.gateway.connect('hmi', session)
    let text = ''
    stream.on('error', () => {}).on('data', (chunk: Buffer) => (text += chunk.toString()))
    const closed = new Promise((resolve) => stream.once('close', resolve))
    stream.write('GET /quiet HTTP/1.1\r\nHost: x\r\n\r\n')
    await vi.waitFor(() => expect(text).toContain('text/event-stream'))
    const head = text
    stream.write(Buffer.from(`${bytes}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`, 'latin1'))
    await closed
    expect(text).toBe(head)
    expect(bench.machine.seen).toEqual(['GET /quiet'])
    expect((await bench.through(session, { path: '/still-here' })).response.statusCode).toBe(200)
  })

  it('carries a WebSocket both ways', async () => {
    const { session } = await bench.openSession()
    const { stream } = await bench.gateway.connect('hmi', session)
    const socket = new WebSocket('ws://sallyport.invalid/live', { createConnection: () => stream as never })
    await new Promise((resolve) => socket.once('open', resolve))
    for (const text of ['hello', 'x'.repeat(100_000)]) {
      socket.send(text)
      expect(String(await new Promise((resolve) => socket.once('message', resolve)))).toBe(text)
    }
    expect(bench.machine.headers[0]).toMatchObject({ host: `127.0.0.1:${bench.machine.httpPort}`, upgrade: 'websocket' })
    socket.close()
    await new Promise((resolve) => socket.once('close', resolve))
    await vi.waitFor(async () => expect((await bench.panel.state()).session!.services[0]).toMatchObject({ open_streams: 0 }))
  })

  it('ends a WebSocket whose frames are none, before they reach the machine', async () => {
    const { session } = await bench.openSession()
    const { stream } = await bench.gateway.connect('hmi', session)
    const closed = new Promise((resolve) => stream.once('close', resolve))
    stream.on('error', () => {})
    stream.write(
      'GET /live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    )
    const head = await new Promise<Buffer>((resolve) => stream.once('data', resolve))
    expect(head.toString()).toMatch(/^HTTP\/1\.1 101 .*s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=/is)
    stream.resume()
    stream.write('GET /admin HTTP/1.1\r\nHost: x\r\n\r\n')
    await closed
    expect(bench.machine.seen).toEqual(['UPGRADE /live'])
  })

  it('passes bytes of other services as they are, half-closed too, and counts streams', async () => {
    const { session } = await bench.openSession()
    const { stream, status } = await bench.gateway.connect('plc', session)
    expect(status).toBe(200)
    const sent = Buffer.alloc(5 * 1024 * 1024, 'p')
    stream.end(sent)
    const chunks: Buffer[] = []
    for await (const chunk of stream) chunks.push(chunk as Buffer)
    expect(Buffer.concat(chunks)).toEqual(Buffer.concat([sent, Buffer.from('bye')]))
    const two = [await bench.gateway.connect('plc', session), await bench.gateway.connect('plc', session)]
    expect(await bench.gateway.connect('plc', session)).toMatchObject({ status: 429, error: 'too_many_streams' })
    for (const one of two) one.stream.destroy()
    expect((await bench.panel.state()).session!.services[1]).toMatchObject({
      name: 'plc',
      bytes_up: sent.length,
      bytes_down: sent.length + 3,
    })
  })

  it.each([
    [
      'both lengths',
      'POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n',
    ],
    ['two lengths', 'POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd'],
    ['a coding that hides chunked', 'POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
    ['chunked in HTTP/1.0', 'POST /a HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a length with a sign', 'POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: +3\r\n\r\nabc'],
    ['a space before the colon', 'POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n'],
    ['a bare line feed in a field', 'GET /a HTTP/1.1\r\nHost: x\r\nA: b\nTransfer-Encoding: chunked\r\n\r\n'],
    ['an absolute address', 'GET http://127.0.0.1:22/ HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['TRACE', 'TRACE /a HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['CONNECT', 'CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['another protocol', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['garbage', '\x00\x01\x02\r\n\r\n'],
  ])('sends nothing on to the machine of a request with %s', async (_what, bytes) => {
    const { session } = await bench.openSession()
    expect(await bench.raw(session, bytes)).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect(bench.machine.seen).toEqual([])
    expect((await bench.through(session, { path: '/still-here' })).response.statusCode).toBe(200)
  })

  it.each([
    [
      'a wrong Accept',
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n',
    ],
    ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n'],
  ])('makes no tunnel of an upgrade that the machine answers with %s', async (_what, answer) => {
    bench.machine.rawUpgrade = answer
    const { session } = await bench.openSession()
    const { stream } = await bench.gateway.connect('hmi', session)
    const socket = new WebSocket('ws://sallyport.invalid/live', { createConnection: () => stream as never })
    socket.on('error', () => {})
    const status = await new Promise((resolve) => socket.once('unexpected-response', (_request, response) => resolve(response.statusCode)))
    expect(status).toBe(502)
  })
})
