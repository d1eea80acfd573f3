import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import { expect, test, vi } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import { httpExchange } from './http-exchange.ts'
import type { AnswerTo, SentRequest } from './machine-connection.ts'
import type { MachineConnections } from './machine-connections.ts'
import type { Refusal } from './refusal.ts'
import { proxyWorld, type ProxyWorld } from './testing/proxy-world.ts'

/** A machine that tells what it was sent. */
const echo = () =>
  createServer((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      res.setHeader('content-type', 'application/json')
      res.end(JSON.stringify({ method: req.method, url: req.url, headers: req.headers, body }))
    })
  })
const parsed = (body: Buffer) =>
  JSON.parse(body.toString()) as { method: string; url: string; headers: Record<string, string>; body: string }

test('a request of every method reaches the machine with its path, query and body', async () => {
  await using world = await proxyWorld({ machine: echo() })
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'REPORT']) {
    const answer = await world.ask('/a/b?c=d%2fe', { method, body: method === 'GET' ? '' : 'four' })
    expect(answer.status).toBe(200)
    expect(parsed(answer.body)).toMatchObject({
      method,
      url: '/a/b?c=d%2fe',
      body: method === 'GET' ? '' : 'four',
      headers: { host: 'sallyport.invalid' },
    })
  }
})

test('bodies of methods that seldom have one arrive as that body and never as a second request', async () => {
  const seen: string[] = []
  const machine = createServer((req, res) => {
    let body = ''
    req.on('data', (chunk: Buffer) => (body += chunk.toString()))
    req.on('end', () => {
      seen.push(`${req.method} ${req.url} ${body}`)
      res.end('ok')
    })
  })
  await using world = await proxyWorld({ machine })
  const smuggled = 'GET /admin/smuggled HTTP/1.1\r\nHost: x\r\n\r\n'
  for (const method of ['DELETE', 'OPTIONS', 'GET', 'HEAD', 'POST']) {
    const browser = await world.raw()
    const chunk = `${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`
    browser.send(`${world.head(`${method} /chunked HTTP/1.1`)}Transfer-Encoding: chunked\r\n\r\n${chunk}`)
    await browser.until('200 OK')
    browser.send(`${world.head(`${method} /length HTTP/1.1`)}Content-Length: ${smuggled.length}\r\nConnection: close\r\n\r\n${smuggled}`)
    await browser.closed()
  }
  await world.ask('/last')
  expect(seen.filter((line) => line.startsWith('GET /admin'))).toEqual([])
  expect(seen).toHaveLength(11)
  expect(seen.slice(0, 10).every((line) => line.endsWith(smuggled))).toBe(true)
})

test.each([
  ['both lengths', 'Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['two content-lengths', 'Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc'],
  ['two equal content-lengths', 'Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc'],
  ['a list of content-lengths', 'Content-Length: 3, 3\r\n\r\nabc'],
  ['a signed content-length', 'Content-Length: +3\r\n\r\nabc'],
  ['a coding beside chunked', 'Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
  ['an unknown coding', 'Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n'],
  ['a coding twice', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['a space before the colon', 'Content-Length : 3\r\n\r\nabc'],
  ['a folded header', 'X-A: b\r\n Content-Length: 3\r\n\r\nabc'],
  ['a bare CR', 'X-A: b\rContent-Length: 3\r\n\r\nabc'],
])('%s is refused and the connection closed, and nothing reaches the machine', async (_, rest) => {
  let requests = 0
  await using world = await proxyWorld({ machine: createServer((_req, res) => void (requests++, res.end())) })
  const browser = await world.raw()
  browser.send(world.head('POST / HTTP/1.1') + rest + world.head('GET /second HTTP/1.1') + '\r\n')
  const answer = await browser.closed()
  expect(answer).toMatch(/^HTTP\/1\.1 (400|501) /)
  expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1)
  expect(requests).toBe(0)
})

test('an upload that ends too early destroys the machine connection, and the next request gets another', async () => {
  let torn = false
  const machine = createServer((req, res) => {
    req.on('error', () => (torn = true))
    req.resume().on('end', () => res.end(req.url))
  })
  await using world = await proxyWorld({ machine })
  const browser = await world.raw()
  browser.send(`${world.head('POST /torn HTTP/1.1')}Content-Length: 100\r\n\r\nonly this`)
  await vi.waitFor(() => expect(world.authority.streams).toHaveLength(1))
  browser.socket.destroy()
  await vi.waitFor(() => expect(torn).toBe(true))
  expect((await world.ask('/next')).body.toString()).toBe('/next')
  expect(world.authority.streams).toHaveLength(2)
})

test('an answer that is torn in the middle is torn for the browser, whatever its framing', async () => {
  const answers = ['content-length: 100\r\n\r\npart', 'transfer-encoding: chunked\r\n\r\n4\r\npart\r\n']
  for (const rest of answers) {
    const raw = (socket: Socket): void =>
      void socket
        .on('error', () => {})
        .once('data', () => socket.write(`HTTP/1.1 200 OK\r\nconnection: close\r\n${rest}`, () => setTimeout(() => socket.end(), 20)))
    await using world = await proxyWorld({ raw })
    await expect(world.ask('/')).rejects.toThrow(/aborted|socket hang up/)
  }
})

test('an answer without a length cannot be told from a torn one and is refused', async () => {
  const raw = (socket: Socket): void =>
    void socket.on('error', () => {}).once('data', () => socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nsome'))
  await using world = await proxyWorld({ raw })
  expect((await world.ask('/')).status).toBe(502)
})

test.each([
  ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\na'],
  ['a length and chunks', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['no HTTP', 'SSH-2.0-OpenSSH_9\r\n'],
  ['101 without being asked', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: foo\r\nconnection: upgrade\r\n\r\nGET / HTTP/1.1\r\n\r\n'],
  ['headers without end', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(20_000)}`],
  ['interim answers without end', 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(50)],
])('a machine that answers with %s gets a 502 page in its place', async (_, answer) => {
  await using world = await proxyWorld({ raw: (socket) => void socket.on('error', () => {}).once('data', () => socket.write(answer)) })
  expect((await world.ask('/')).status).toBe(502)
})

test('interim answers are swallowed, and HEAD, 204 and 304 have no body', async () => {
  const machine = createServer((req, res) => {
    res.writeProcessing()
    res.writeEarlyHints({ link: '</a.css>; rel=preload' })
    if (req.url === '/304') res.writeHead(304, { etag: '"a"' })
    else if (req.url === '/204') res.writeHead(204)
    else res.writeHead(200, { 'content-length': '4' })
    res.end(req.url === '/200' ? 'body' : undefined)
  })
  await using world = await proxyWorld({ machine })
  const browser = await world.raw()
  browser.send(`${world.head('HEAD /200 HTTP/1.1')}\r\n`)
  await browser.until('content-length: 4')
  browser.send(`${world.head('GET /204 HTTP/1.1')}\r\n`)
  await browser.until('204 No Content')
  browser.send(`${world.head('GET /304 HTTP/1.1')}\r\n`)
  await browser.until('304 Not Modified')
  browser.send(`${world.head('GET /200 HTTP/1.1')}Connection: close\r\n\r\n`)
  const all = await browser.closed()
  expect(all.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 204', 'HTTP/1.1 304', 'HTTP/1.1 200'])
  expect(all.match(/body/g)).toHaveLength(1)
})

test('server-sent events arrive one by one, and leaving ends the machine side', async () => {
  let gone = false
  let next = (): void => {}
  const machine = createServer((req, res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' })
    res.flushHeaders()
    next = () => res.write('data: tick\n\n')
    req.socket.on('close', () => (gone = true))
  })
  await using world = await proxyWorld({ machine })
  const browser = await world.raw()
  browser.send(`${world.head('GET /events HTTP/1.1')}\r\n`)
  expect(await browser.until('\r\n\r\n')).toContain('text/event-stream')
  next()
  await browser.until('data: tick')
  browser.socket.destroy()
  await vi.waitFor(() => expect(gone).toBe(true))
  await vi.waitFor(() =>
    expect(world.authority.transactions).toMatchObject([{ method: 'GET', path: '/events', status: 200, up: 0, down: 12 }]),
  )
})

test('ranges and their answers pass', async () => {
  const machine = createServer((req, res) =>
    res.writeHead(206, { 'content-range': `bytes 0-3/10`, 'content-length': 4 }).end(req.headers.range === 'bytes=0-3' ? 'four' : 'none'),
  )
  await using world = await proxyWorld({ machine })
  const answer = await world.ask('/file', { headers: { range: 'bytes=0-3' } })
  expect([answer.status, answer.headers['content-range'], answer.body.toString()]).toEqual([206, 'bytes 0-3/10', 'four'])
})

test('connections to the machine are kept for the next request, and no request waits behind a slow one', async () => {
  const held: (() => void)[] = []
  const machine = createServer((req, res) => (req.url === '/slow' ? void held.push(() => res.end('slow')) : res.end('fast')))
  await using world = await proxyWorld({ machine })
  await world.ask('/1')
  await world.ask('/2')
  expect(world.authority.streams).toHaveLength(1)
  const slow = [1, 2, 3].map(() => world.ask('/slow'))
  await vi.waitFor(() => expect(held).toHaveLength(3))
  expect((await world.ask('/3')).body.toString()).toBe('fast')
  for (const release of held) release()
  expect((await Promise.all(slow)).map((answer) => answer.body.toString())).toEqual(['slow', 'slow', 'slow'])
})

test('more requests at once than allowed get 429, and the others go on', async () => {
  const held: (() => void)[] = []
  await using world = await proxyWorld({
    machine: createServer((_, res) => void held.push(() => res.end('done'))),
    limits: { maxConcurrentRequests: 2 },
  })
  const slow = [world.ask('/'), world.ask('/')]
  await vi.waitFor(() => expect(held).toHaveLength(2))
  const answer = await world.ask('/')
  expect([answer.status, answer.headers['retry-after']]).toEqual([429, '1'])
  for (const release of held) release()
  expect((await Promise.all(slow)).map(({ status }) => status)).toEqual([200, 200])
})

test('an upload that is answered early is read to its end, and its connection serves the next request', async () => {
  const machine = createServer((req, res) => (req.method === 'POST' ? res.writeHead(413).end('too large') : res.end('next')))
  // By this clock nobody loses patience with the browser.
  await using world = await proxyWorld({ machine, clock: new FakeClock() })
  const browser = await world.raw()
  browser.send(`${world.head('POST / HTTP/1.1')}Content-Length: 3000000\r\n\r\n`)
  browser.send(Buffer.alloc(1_000_000))
  expect(await browser.until('too large')).toContain('413 Payload Too Large')
  browser.send(Buffer.alloc(2_000_000))
  browser.send(`${world.head('GET / HTTP/1.1')}Connection: close\r\n\r\n`)
  expect(await browser.closed()).toMatch(/200 OK[^]*next/)
})

/** Exchanges over connections of the test's own; `told`: what it heard of each. */
function exchanges(world: ProxyWorld, send: MachineConnections['send'], told: string[]): void {
  world.publicServer.removeAllListeners('request').on('request', (req, res) => {
    const sent = { method: 'GET', target: '/', headers: [], framing: { kind: 'none' } } as const
    const responseHead = () => ({ headers: ['content-length', '9000'], agentError: undefined, contentLengths: 1, framed: true })
    const refuse = (refusal: Refusal): void => void res.writeHead(refusal.status).end()
    const settle = (): void => void told.push('settled')
    const connections: MachineConnections = { send, destroy: () => {} }
    httpExchange({ req, res, connections, ...sent, responseHead, clock: new FakeClock(), lingerMs: 0, refuse, settle })
    told.push('begun')
  })
}

test('a request that cannot be sent settles behind the call that began it, so that nobody goes on holding it', async () => {
  const told: string[] = []
  await using world = await proxyWorld()
  const send = (): never => {
    throw new Error('a character that cannot be sent')
  }
  exchanges(world, send, told)
  expect((await world.ask('/')).status).toBe(502)
  expect(told).toEqual(['begun', 'settled'])
})

test('of pieces of one byte not as many wait for a slow browser as of bytes', async () => {
  await using world = await proxyWorld()
  let answer: AnswerTo | undefined
  let browser: Socket | undefined
  let paused = false
  const sent: SentRequest = { pause: () => void (paused = true), resume: () => void (paused = false), abort: () => {} }
  exchanges(world, (_, to) => ((answer = to), sent), [])
  world.publicServer.on('connection', (socket) => (browser = socket))
  const asked = world.ask('/')
  await vi.waitFor(() => expect(answer).toBeDefined())
  answer?.onHead(200, [])
  // As long as it is corked it takes nothing.
  browser?.cork()
  await new Promise(setImmediate)
  let pieces = 0
  for (; pieces < 9_000; pieces++) {
    if (paused && pieces < 2_000) {
      browser?.uncork()
      await vi.waitFor(() => expect(paused).toBe(false))
      browser?.cork()
    } else if (paused) break
    answer?.onData(Buffer.from('x'))
  }
  expect(pieces).toBeLessThan(3_000)
  browser?.uncork()
  await vi.waitFor(() => expect(paused).toBe(false))
  answer?.onData(Buffer.alloc(9_000 - pieces))
  answer?.onEnd()
  expect((await asked).body).toHaveLength(9_000)
})
