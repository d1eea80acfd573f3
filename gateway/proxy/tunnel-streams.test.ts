import { createServer } from 'node:http'
import { connect, createServer as createHttp2Server, type ClientHttp2Session, type Http2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { expect, test, vi } from 'vitest'
import WebSocket, { WebSocketServer } from 'ws'
import { CodedError } from '../basics/coded-error.ts'
import { proxyWorld, type ProxyWorld } from './testing/proxy-world.ts'

/** The agent's end of a tunnel: every CONNECT stream is served by a node:http server, as agents do it. */
async function tunnel(world: ProxyWorld): Promise<{ session: ClientHttp2Session; server: Http2Server; streams: Duplex[] }> {
  const http = createServer((req, res) => {
    if (req.url === '/torn') return void res.writeHead(200).write('part', () => req.socket.destroy())
    const chunks: Buffer[] = []
    req
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => {
        // Never an empty Buffer into a corked HTTP/2 stream: Node 24.21 frees what was written before it too early (see the README).
        if (chunks.length === 0) res.end()
        else res.end(Buffer.concat(chunks))
      })
  })
  new WebSocketServer({ server: http }).on('connection', (socket) =>
    socket.on('error', () => {}).on('message', (data) => socket.send(data)),
  )
  const server = createHttp2Server({ settings: { initialWindowSize: 1024 * 1024, enableConnectProtocol: true } })
  server.on('stream', (stream) => {
    stream.on('error', () => {})
    stream.respond({ ':status': 200 })
    http.emit('connection', stream)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { settings: { initialWindowSize: 1024 * 1024 } })
  session.on('error', () => {})
  const streams: Duplex[] = []
  const authorize = world.authority.authorize.bind(world.authority)
  const openStream = (): Promise<Duplex> =>
    new Promise((resolve, reject) => {
      const stream = session.request({ ':method': 'CONNECT', ':authority': 'hmi' }, { endStream: false })
      streams.push(stream)
      stream.once('error', () => reject(new CodedError({ code: 'device_gone', message: 'gone', remedy: 'retry' })))
      stream.once('response', () => resolve(stream))
    })
  world.authority.authorize = async (sessionId, service) => {
    const answer = await authorize(sessionId, service)
    return answer.denied === true ? answer : { ...answer, openStream }
  }
  return { session, server, streams }
}

test('requests, uploads and WebSockets work over CONNECT streams of an HTTP/2 tunnel, and end with it', async () => {
  await using world = await proxyWorld()
  const { session, server, streams } = await tunnel(world)
  const body = Buffer.alloc(8_000_000, 'x')
  for (let round = 0; round < 3; round++) expect((await world.ask('/', { method: 'POST', body })).body.equals(body)).toBe(true)
  expect(streams).toHaveLength(1)
  await expect(world.ask('/torn')).rejects.toThrow(/aborted|socket hang up/)
  expect((await world.ask('/', { method: 'PUT', body: 'after' })).body.toString()).toBe('after')

  const socket = new WebSocket(`ws://127.0.0.1:${world.port}/live`, {
    headers: { host: world.host, cookie: world.cookie, origin: world.origin },
  })
  await new Promise((resolve, reject) => void socket.once('open', resolve).once('error', reject))
  const echoed = new Promise<Buffer>((resolve) => void socket.once('message', (data: Buffer) => resolve(data)))
  socket.send(body)
  expect((await echoed).equals(body)).toBe(true)

  const closed = new Promise<number>((resolve) => void socket.once('close', (code) => resolve(code)))
  world.authority.end('ended_by_operator', null)
  expect(await closed).toBe(1001)
  await vi.waitFor(() => expect(streams.every((stream) => stream.destroyed)).toBe(true))
  expect(session.destroyed).toBe(false)
  session.destroy()
  server.close()
})

test('a tunnel that breaks tears what was under way and answers the next request as offline', async () => {
  await using world = await proxyWorld()
  const { session, server } = await tunnel(world)
  const browser = await world.raw()
  browser.send(`${world.head('POST /slow HTTP/1.1')}Content-Length: 10\r\n\r\n12345`)
  await vi.waitFor(() => expect(world.authority.authorizations).toBe(1))
  expect((await world.ask('/')).status).toBe(200)
  session.destroy()
  expect(await browser.until('\r\n\r\n')).toMatch(/^HTTP\/1\.1 50[23] /)
  server.close()
})
