import { createServer, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { hash } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import WebSocket, { WebSocketServer } from 'ws'
import { proxyWorld, type ProxyWorld } from './testing/proxy-world.ts'

const key = 'dGhlIHNhbXBsZSBub25jZQ=='
const accept = hash('sha1', `${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`, 'base64')

function wsMachine(options: { perMessageDeflate?: boolean; handleProtocols?: (protocols: Set<string>) => string | false } = {}): {
  server: Server
  sockets: WebSocketServer
} {
  const server = createServer()
  const sockets = new WebSocketServer({ server, ...options })
  sockets.on('connection', (socket, req) => {
    socket.on('error', () => {})
    socket.on('message', (data: Buffer, binary) =>
      data.toString() === 'headers' ? socket.send(JSON.stringify(req.headers)) : socket.send(data, { binary }),
    )
  })
  return { server, sockets }
}

function browserSocket(
  world: ProxyWorld,
  path = '/live',
  options: { protocols?: string[]; perMessageDeflate?: boolean; origin?: string; headers?: Record<string, string> } = {},
): WebSocket {
  return new WebSocket(`ws://127.0.0.1:${world.port}${path}`, options.protocols ?? [], {
    headers: { host: world.host, cookie: world.cookie, origin: options.origin ?? world.origin, ...options.headers },
    perMessageDeflate: options.perMessageDeflate ?? false,
  })
}
const opened = (socket: WebSocket): Promise<void> =>
  new Promise((resolve, reject) => void socket.once('open', resolve).once('error', reject))
const message = (socket: WebSocket): Promise<Buffer> =>
  new Promise((resolve) => void socket.once('message', (data) => resolve(data as Buffer)))
const closing = (socket: WebSocket): Promise<[number, string]> =>
  new Promise((resolve) => void socket.once('close', (code, reason) => resolve([code, reason.toString()])))

const handshake = (world: ProxyWorld, more = ''): string =>
  `${world.head('GET /live HTTP/1.1')}Origin: ${world.origin}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n${more}\r\n`

test('messages of every size pass both ways, and the machine sees its own origin and no cookie of ours', async () => {
  await using world = await proxyWorld({ machine: wsMachine().server })
  const socket = browserSocket(world, '/live', { headers: { 'x-forwarded-for': '1.2.3.4' } })
  await opened(socket)
  for (const size of [0, 1, 125, 126, 65_535, 65_536, 3_000_000]) {
    const echoed = message(socket)
    socket.send(Buffer.alloc(size, 7))
    expect((await echoed).length).toBe(size)
  }
  const told = message(socket)
  socket.send('headers')
  const headers = JSON.parse((await told).toString()) as Record<string, string>
  expect(headers).toMatchObject({ host: 'sallyport.invalid', origin: 'http://sallyport.invalid' })
  expect(headers.cookie).toBeUndefined()
  expect(headers['x-forwarded-for']).toBeUndefined()
  const closed = closing(socket)
  socket.close(1000, 'done')
  expect(await closed).toEqual([1000, 'done'])
  await vi.waitFor(() => expect(world.authority.transactions).toMatchObject([{ method: 'WEBSOCKET', path: '/live', status: 101 }]))
  expect(world.authority.transactions[0]!.up).toBeGreaterThan(3_000_000)
})

test('compression and subprotocols work when both sides agree', async () => {
  await using world = await proxyWorld({ machine: wsMachine({ perMessageDeflate: true, handleProtocols: () => 'v2' }).server })
  const socket = browserSocket(world, '/live', { protocols: ['v1', 'v2'], perMessageDeflate: true })
  await opened(socket)
  expect([socket.protocol, socket.extensions]).toEqual(['v2', expect.stringContaining('permessage-deflate')])
  const echoed = message(socket)
  socket.send('compress '.repeat(10_000))
  expect((await echoed).toString()).toBe('compress '.repeat(10_000))
  socket.terminate()
})

test('the end of the session closes a WebSocket with 1001 and its reason within a second', async () => {
  await using world = await proxyWorld({ machine: wsMachine().server })
  const socket = browserSocket(world)
  await opened(socket)
  const closed = closing(socket)
  const before = performance.now()
  world.authority.end('ended_by_operator', 'Olga')
  expect(await closed).toEqual([1001, 'ended_by_operator'])
  expect(performance.now() - before).toBeLessThan(1_000)
  await vi.waitFor(() => expect(world.authority.streams.every((stream) => stream.destroyed)).toBe(true))
})

test('the end of the session cuts a browser that does not close and does not read', async () => {
  let flood = (): void => {}
  const { server, sockets } = wsMachine()
  sockets.on('connection', (socket) => (flood = () => socket.send(Buffer.alloc(8_000_000))))
  await using world = await proxyWorld({ machine: server })
  const browser = await world.raw()
  browser.send(handshake(world))
  await browser.until('\r\n\r\n')
  browser.socket.pause()
  flood()
  await vi.waitFor(() => expect(world.authority.streams[0]!.isPaused() || world.authority.streams[0]!.readableFlowing === false).toBe(true))
  world.authority.end('time_limit', null)
  await vi.waitFor(async () => expect(await connections(world)).toBe(0), { timeout: 1_500 })
})

const connections = (world: ProxyWorld): Promise<number> =>
  new Promise((resolve) => world.publicServer.getConnections((_, count) => resolve(count)))

test.each([
  ['absent', ''],
  ['null', 'Origin: null\r\n'],
  ['the portal', 'Origin: http://sallyport.localhost\r\n'],
  ['given twice', 'Origin: http://a\r\nOrigin: http://a\r\n'],
])('a handshake whose Origin is %s is refused with 403', async (_, origin) => {
  await using world = await proxyWorld({ machine: wsMachine().server })
  const browser = await world.raw()
  browser.send(handshake(world).replace(/Origin: .*\r\n/, origin))
  expect(await browser.closed()).toMatch(/^HTTP\/1\.1 403 /)
  expect(world.authority.streams).toHaveLength(0)
})

test.each([
  ['another protocol', 'Upgrade: websocket', 'Upgrade: h2c', 400],
  ['an old version', 'Version: 13', 'Version: 8', 426],
  ['a bad key', key, 'short', 400],
  ['a body', 'Upgrade: websocket', 'Content-Length: 3\r\nUpgrade: websocket', 400],
  ['another method', 'GET /live', 'POST /live', 400],
  ['an ambiguous path', '/live', '/a/%2e%2e/live', 400],
  ['our own path', '/live', '/.sallyport/enter', 404],
  ['no cookie', /Cookie: .*\r\n/, '', 403],
])('a handshake with %s is refused', async (_, from, to, status) => {
  await using world = await proxyWorld({ machine: wsMachine().server })
  const browser = await world.raw()
  browser.send(handshake(world).replace(from, to))
  expect(await browser.closed()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  expect(world.authority.streams).toHaveLength(0)
})

const ok = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n`
test.each([
  ['a wrong Accept', ok.replace(accept, 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=')],
  ['no Accept', ok.replace(/Sec-WebSocket-Accept.*\r\n/, '')],
  ['a subprotocol that was not offered', `${ok}Sec-WebSocket-Protocol: other\r\n`],
  ['an extension that was not offered', `${ok}Sec-WebSocket-Extensions: x-own\r\n`],
  ['compression that was not offered', `${ok}Sec-WebSocket-Extensions: permessage-deflate\r\n`],
  ['another upgrade', ok.replace('websocket', 'h2c')],
])('a machine that answers a handshake with %s gets no tunnel', async (_, answer) => {
  await using world = await proxyWorld({
    raw: (socket) => void socket.on('error', () => {}).once('data', () => socket.write(`${answer}\r\n`)),
  })
  const browser = await world.raw()
  browser.send(handshake(world))
  expect(await browser.closed()).toMatch(/^HTTP\/1\.1 502 /)
})

test('a 101 carries nothing of the machine but what was agreed', async () => {
  await using world = await proxyWorld({
    raw: (socket) =>
      void socket
        .on('error', () => {})
        .once('data', () =>
          socket.write(`${ok}Set-Cookie: __Host-sallyport=x\r\nSet-Cookie: a=b; Domain=machines.localhost\r\nX-Y: z\r\n\r\n\x81\x02hi`),
        ),
  })
  const browser = await world.raw()
  browser.send(handshake(world))
  const answer = await browser.until('hi')
  expect(answer.toLowerCase()).not.toMatch(/set-cookie|x-y/)
  expect(answer).toContain(accept)
})

test('bytes of the browser that are no frames never reach the machine: a second request does not go through', async () => {
  const machineGot: Buffer[] = []
  const raw = (socket: Socket): void => {
    socket.on('error', () => {})
    socket.once('data', () => {
      socket.write(`${ok}\r\n`)
      socket.on('data', (chunk) => machineGot.push(chunk))
    })
  }
  await using world = await proxyWorld({ raw })
  const browser = await world.raw()
  browser.send(`${handshake(world)}GET /admin HTTP/1.1\r\nHost: x\r\n\r\n`)
  const answer = await browser.closed()
  expect(answer.slice(answer.indexOf('\r\n\r\n') + 4)).toContain('\x88')
  expect(answer).toContain('\x03\xea')
  expect(Buffer.concat(machineGot).toString('latin1')).not.toContain('GET')
})

test('bytes of the machine that are no frames close the browser side with 1002', async () => {
  await using world = await proxyWorld({
    raw: (socket) => void socket.on('error', () => {}).once('data', () => socket.write(`${ok}\r\nHTTP/1.1 200 OK\r\n\r\n`)),
  })
  const browser = await world.raw()
  browser.send(handshake(world))
  const answer = await browser.closed()
  expect(answer).toContain('\x88')
  expect(answer).toContain('\x03\xea')
  expect(answer).not.toContain('200 OK')
})

test('a machine that refuses a handshake has its status passed on, and one that says nothing gets 504', async () => {
  await using refusing = await proxyWorld({
    raw: (socket) =>
      void socket.on('error', () => {}).once('data', () => socket.end('HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n')),
  })
  const first = await refusing.raw()
  first.send(handshake(refusing))
  expect(await first.closed()).toMatch(/^HTTP\/1\.1 401 /)
  await using silent = await proxyWorld({ raw: () => {}, limits: { handshakeTimeoutMs: 50 } })
  const second = await silent.raw()
  second.send(handshake(silent))
  expect(await second.closed()).toMatch(/^HTTP\/1\.1 504 /)
})

test('a slow reader pauses the sender, and everything arrives when it reads again', async () => {
  const { server, sockets } = wsMachine()
  const total = 64 * 1024 * 1024
  let sent = 0
  sockets.on('connection', (socket) => {
    const next = (): void => {
      if (sent === total) return socket.close(1000)
      sent += 65_536
      socket.send(Buffer.alloc(65_536), () => setImmediate(next))
    }
    next()
  })
  await using world = await proxyWorld({ machine: server })
  const browser = browserSocket(world)
  await opened(browser)
  browser.pause()
  let before = -1
  await vi.waitFor(
    () => {
      const still = before === sent
      before = sent
      expect(still && sent > 0).toBe(true)
    },
    { timeout: 10_000, interval: 300 },
  )
  const buffered = world.authority.streams[0]!.readableLength
  expect(buffered).toBeLessThan(1024 * 1024)
  expect(sent).toBeLessThan(40 * 1024 * 1024)
  let received = 0
  browser.on('message', (data: Buffer) => (received += data.length))
  const closed = closing(browser)
  browser.resume()
  expect((await closed)[0]).toBe(1000)
  expect(received).toBe(total)
})

test('drain closes WebSockets with 1001', async () => {
  await using world = await proxyWorld({ machine: wsMachine().server })
  const socket = browserSocket(world)
  await opened(socket)
  const closed = closing(socket)
  await world.proxy.drain()
  expect((await closed)[0]).toBe(1001)
})
