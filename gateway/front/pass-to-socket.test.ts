import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../basics/clock.ts'
import { silentLogger } from '../basics/logger.ts'
import { rawBrowser } from '../proxy/testing/raw-browser.ts'
import { passToSocket } from './pass-to-socket.ts'
import { startFront, type Front } from './start-front.ts'

interface Seen {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

let directory: string
let provider: Server
let front: Front
let seen: Seen[]
let connections = 0
let throttled = false

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'front-'))
  provider = createServer((request, response) => {
    if (request.url === '/at-once') return void response.writeHead(400).end('not read')
    if (request.url === '/at-once-and-away') return void response.writeHead(400, { connection: 'close' }).end('not read')
    void text(request).then((body) => {
      seen.push({ method: request.method, url: request.url, headers: request.headers, body })
      response.setHeader('set-cookie', ['a=1', 'b=2']).end('provider')
    })
  })
  provider.on('connection', () => (connections += 1))
  const socket = join(directory, 'idp.sock')
  await new Promise<void>((resolve) => provider.listen(socket, resolve))
  const options = { https: true, behindFront: false, stranger: () => !throttled, logger: silentLogger }
  const handlers = [
    passToSocket({ ...options, host: 'id.test', socket }),
    passToSocket({ ...options, host: 'behind.test', behindFront: true, socket }),
    passToSocket({ ...options, host: 'away.test', socket: join(directory, 'nobody.sock') }),
  ]
  front = await startFront({
    clock: systemClock,
    host: '127.0.0.1',
    port: 0,
    tls: null,
    limits: { connections: 1_000, connectionsPerAddress: 1_000 },
    handlers,
    logger: silentLogger,
  })
})
afterAll(async () => {
  await front.close()
  provider.close()
  await rm(directory, { recursive: true, force: true })
})
beforeEach(() => {
  seen = []
  connections = 0
})

async function exchange(...lines: string[]): Promise<string> {
  const browser = await rawBrowser(front.address.port)
  browser.send(Buffer.from(lines.join('\r\n'), 'latin1'))
  return browser.closed()
}

describe('what reaches the identity provider', () => {
  it('says of the client only what the front knows', async () => {
    await exchange(
      'GET /auth?x=1 HTTP/1.1',
      'Host: id.test',
      'X-Forwarded-For: 6.6.6.6',
      'x-FORWARDED-proto: http',
      'X-Forwarded-Host: evil.test',
      'X-Forwarded-Port: 1',
      'X-Forwarded-Prefix: /x',
      'Forwarded: for=6.6.6.6',
      'X-Real-IP: 6.6.6.6',
      'Proxy-Authorization: Basic eDp4',
      'TE: trailers',
      'Keep-Alive: timeout=900',
      'Cookie: c=1',
      'Connection: close, x-forwarded-for, cookie',
      '',
      '',
    )
    expect(seen).toEqual([
      {
        method: 'GET',
        url: '/auth?x=1',
        body: '',
        headers: {
          host: 'id.test',
          cookie: 'c=1',
          connection: 'keep-alive',
          'x-forwarded-for': '127.0.0.1',
          'x-forwarded-proto': 'https',
          'x-forwarded-host': 'id.test',
        },
      },
    ])
  })

  it.each([
    ['content-length', ['Content-Length: 3', '', 'a=1']],
    ['chunks', ['Transfer-Encoding: chunked', '', '3', 'a=1', '0', '', '']],
    ['a wait for 100', ['Expect: 100-continue', 'Content-Length: 3', '', 'a=1']],
  ])('carries a body with %s', async (_what, rest) => {
    const answer = await exchange('POST /token HTTP/1.1', 'Host: id.test', 'Connection: close', ...rest)
    expect(answer).toMatch(/HTTP\/1\.1 200 OK/)
    expect(answer).toMatch(/provider/)
    expect(seen).toMatchObject([{ method: 'POST', body: 'a=1' }])
  })

  const smuggled = ['GET /admin HTTP/1.1', 'Host: id.test', 'X-Forwarded-For: 6.6.6.6', '', ''].join('\r\n')
  const chunked = ['Transfer-Encoding: chunked', '', smuggled.length.toString(16), smuggled, '0', '', '']
  it.each([
    ['DELETE', chunked],
    ['OPTIONS', chunked],
    ['GET', chunked],
    ['HEAD', chunked],
    ['DELETE', [`Content-Length: ${smuggled.length}`, '', smuggled]],
  ])('is never a second request in the body of a %s', async (method, rest) => {
    const answer = await exchange(`${method} /a HTTP/1.1`, 'Host: id.test', 'Connection: keep-alive', ...rest)
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(seen).toEqual([])
  })

  it('is a DELETE without a body', async () => {
    await exchange('DELETE /a HTTP/1.1', 'Host: id.test', 'Connection: close', '', '')
    expect(seen).toMatchObject([{ method: 'DELETE', body: '' }])
  })

  it.each(['TRACE', 'PROPFIND', 'SEARCH'])('is no %s', async (method) => {
    expect(await exchange(`${method} / HTTP/1.1`, 'Host: id.test', 'Connection: close', '', '')).toMatch(/^HTTP\/1\.1 405 .*allow: /s)
    expect(seen).toEqual([])
  })

  it.each(['http://[', 'http://[::1', '//[', '//', '/%', '/%zz', '/\\..\\a', '/?%', '/#a', 'http://id.test', '/"<>^`{|}'])(
    'comes by the address %s without an end of the gateway',
    async (target) => {
      expect(await exchange(`GET ${target} HTTP/1.1`, 'Host: id.test', 'Connection: close', '', '')).toMatch(/^HTTP\/1\.1 (?:200|400) /)
    },
  )

  it('comes over a connection of its own each time, while the browser keeps its one', async () => {
    const browser = await rawBrowser(front.address.port)
    browser.send('GET /1 HTTP/1.1\r\nHost: id.test\r\n\r\n')
    const first = await browser.until('provider')
    expect(first).toMatch(/connection: keep-alive/i)
    expect(first.match(/set-cookie/g)).toHaveLength(2)
    browser.send('GET /2 HTTP/1.1\r\nHost: id.test\r\nConnection: close\r\n\r\n')
    expect(await browser.closed()).toMatch(/provider.*connection: close.*provider/s)
    expect(seen.map(({ url }) => url)).toEqual(['/1', '/2'])
    expect(connections).toBe(2)
  })
})

describe('a provider that answers before it has the body', () => {
  it.each([
    ['little', '/at-once', 10],
    ['much', '/at-once', 900_000],
    ['much, and goes', '/at-once-and-away', 900_000],
  ])('is heard, and the browser’s next request too: %s of it', async (_what, path, length) => {
    const browser = await rawBrowser(front.address.port)
    browser.send(`POST ${path} HTTP/1.1\r\nHost: id.test\r\nContent-Length: ${length}\r\n\r\nx`)
    await browser.until('not read')
    browser.send('x'.repeat(length - 1))
    browser.send('GET /next HTTP/1.1\r\nHost: id.test\r\nConnection: close\r\n\r\n')
    const answers = await browser.closed()
    expect(answers.match(/^HTTP\/1\.1 \d+/gm)).toEqual(['HTTP/1.1 400', 'HTTP/1.1 200'])
    expect(seen).toMatchObject([{ method: 'GET', url: '/next' }])
  })

  it('is read no further than a mebibyte: who goes on sending loses the connection', async () => {
    const browser = await rawBrowser(front.address.port)
    browser.send('POST /at-once HTTP/1.1\r\nHost: id.test\r\nContent-Length: 3000000\r\n\r\nx')
    await browser.until('not read')
    browser.send('x'.repeat(3_000_000 - 1))
    browser.send('GET /next HTTP/1.1\r\nHost: id.test\r\nConnection: close\r\n\r\n')
    expect((await browser.closed()).match(/^HTTP\/1\.1 \d+/gm)).toEqual(['HTTP/1.1 400'])
    expect(seen).toEqual([])
  })
})

describe('a provider that does not answer', () => {
  it('is said in both languages, with when to try again', async () => {
    const answer = await exchange('GET / HTTP/1.1', 'Host: away.test', 'Connection: close', '', '')
    expect(answer).toMatch(/^HTTP\/1\.1 503 .*retry-after: 5/s)
    expect(answer).toMatch(/does not answer now.*antwortet gerade nicht/s)
    expect(answer).not.toContain(directory)
  })
})

it('is not asked for a stranger from whose address too many requests came, who is told so in both languages', async () => {
  throttled = true
  const answer = await exchange('GET / HTTP/1.1', 'Host: id.test', 'Connection: close', '', '')
  throttled = false
  expect(answer).toMatch(/^HTTP\/1\.1 429 .*retry-after: 1.*Too many requests came.*kamen zu viele Anfragen/s)
  expect([seen, connections]).toEqual([[], 0])
})

describe('behind a TLS front of one’s own', () => {
  it('the provider hears the address that the front wrote, not what the client said before it', async () => {
    await exchange('GET / HTTP/1.1', 'Host: behind.test', 'X-Forwarded-For: 203.0.113.66, 198.51.100.7', 'Connection: close', '', '')
    await exchange('GET / HTTP/1.1', 'Host: id.test', 'X-Forwarded-For: 203.0.113.66, 198.51.100.7', 'Connection: close', '', '')
    expect(seen.map(({ headers }) => headers['x-forwarded-for'])).toEqual(['198.51.100.7', '127.0.0.1'])
  })
})
