import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { proxyWorld } from './testing/proxy-world.ts'

/** A machine made of bytes: each request gets the answer that its path names, in one write. */
const answering =
  (answers: Readonly<Record<string, string>>) =>
  (socket: Socket): void => {
    let received = ''
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
      for (let end = received.indexOf('\r\n\r\n'); end !== -1; end = received.indexOf('\r\n\r\n')) {
        const path = received.split(' ')[1] ?? ''
        received = received.slice(end + 4)
        socket.write(answers[path] ?? 'HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nnext', 'latin1')
      }
    })
  }

const hidden = 'HTTP/1.1 200 OK\r\nset-cookie: evil=1\r\ncontent-length: 4\r\n\r\nevil'

test.each([
  ['HEAD', '200 OK', `HTTP/1.1 200 OK\r\ncontent-length: ${hidden.length}\r\n\r\n${hidden}`],
  ['GET', '204 No Content', `HTTP/1.1 204 No Content\r\ncontent-length: ${hidden.length}\r\n\r\n${hidden}`],
  ['GET', '204 No Content', `HTTP/1.1 204 No Content\r\ntransfer-encoding: chunked\r\n\r\n4\r\nevil\r\n0\r\n\r\n`],
  ['GET', '304 Not Modified', `HTTP/1.1 304 Not Modified\r\ncontent-length: ${hidden.length}\r\n\r\n${hidden}`],
  ['GET', '200 OK', `HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nfirst${hidden}`],
])('bytes behind the end of an answer to %s (%s) are no answer to the next request', async (method, status, answer) => {
  await using world = await proxyWorld({ raw: answering({ '/odd': answer }) })
  const browser = await world.raw()
  browser.send(`${world.head(`${method} /odd HTTP/1.1`)}\r\n`)
  await browser.until('\r\n\r\n')
  browser.send(`${world.head('GET /next HTTP/1.1')}Connection: close\r\n\r\n`)
  const all = await browser.closed()
  expect(all.match(/HTTP\/1\.1 .*/g)).toEqual([`HTTP/1.1 ${status}`, 'HTTP/1.1 200 OK'])
  expect(all).toMatch(/\r\n\r\nnext$/)
  expect(all).not.toContain('evil')
  if (status.startsWith('204')) expect(all.slice(0, all.indexOf('\r\n\r\n'))).not.toMatch(/content-length|transfer-encoding/i)
})

test('an answer that comes in one piece with too many interim ones is not mixed with the page in its place', async () => {
  const answer = `${'HTTP/1.1 102 Processing\r\n\r\n'.repeat(50)}HTTP/1.1 200 OK\r\nset-cookie: evil=1\r\ncontent-length: 4\r\n\r\nevil`
  await using world = await proxyWorld({ raw: answering({ '/odd': answer }) })
  const browser = await world.raw()
  browser.send(`${world.head('GET /odd HTTP/1.1')}Connection: close\r\n\r\n`)
  const all = await browser.closed()
  expect(all).toMatch(/^HTTP\/1\.1 502 /)
  expect(all).not.toContain('evil')
})

test('trailers end at this hop, in both directions', async () => {
  const trailers: unknown[] = []
  const machine = createServer((req, res) => {
    req.resume().on('end', () => {
      trailers.push(req.rawTrailers)
      res.writeHead(200, { trailer: 'X-Sum' })
      res.write('body')
      res.addTrailers({ 'X-Sum': '1' })
      res.end()
    })
  })
  await using world = await proxyWorld({ machine })
  const browser = await world.raw()
  const chunked = 'Transfer-Encoding: chunked\r\nTrailer: X-User\r\nConnection: close\r\n\r\n3\r\nabc\r\n0\r\nX-User: root\r\n\r\n'
  browser.send(world.head('POST / HTTP/1.1') + chunked)
  const answer = await browser.closed()
  expect(answer).toMatch(/4\r\nbody\r\n0\r\n\r\n$/)
  expect(answer.toLowerCase()).not.toContain('x-sum')
  expect(trailers).toEqual([[]])
})

test('what the machine has compressed stays as it is, with its length and its range', async () => {
  const packed = gzipSync('compress '.repeat(10_000))
  const machine = createServer((req, res) => {
    expect(req.headers['accept-encoding']).toBe('gzip, br')
    res.writeHead(200, { 'content-encoding': 'gzip', 'content-length': packed.length, etag: '"g"', vary: 'accept-encoding' }).end(packed)
  })
  await using world = await proxyWorld({ machine })
  const answer = await world.ask('/', { headers: { 'accept-encoding': 'gzip, br' } })
  expect(answer.body.equals(packed)).toBe(true)
  expect(answer.headers).toMatchObject({ 'content-encoding': 'gzip', 'content-length': String(packed.length), vary: 'accept-encoding' })
})

test('an upload that waits for 100 Continue is told to go on, and the machine is not asked', async () => {
  const seen: unknown[] = []
  const machine = createServer((req, res) => {
    let body = ''
    req
      .on('data', (chunk: Buffer) => (body += chunk.toString()))
      .on('end', () => {
        seen.push([req.headers.expect, body])
        res.end('done')
      })
  })
  await using world = await proxyWorld({ machine })
  const browser = await world.raw()
  browser.send(`${world.head('POST / HTTP/1.1')}Content-Length: 4\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n`)
  expect(await browser.until('\r\n\r\n')).toBe('HTTP/1.1 100 Continue\r\n\r\n')
  browser.send('four')
  expect(await browser.closed()).toMatch(/HTTP\/1\.1 200 OK[^]*done$/)
  expect(seen).toEqual([[undefined, 'four']])
})

test('hundreds of cookies of a machine pass, and more than a head holds are a 502', async () => {
  const cookies = (count: number): string[] => Array.from({ length: count }, (_, n) => `c${n}=${n}; Path=/; HttpOnly`)
  const machine = createServer((req, res) => res.writeHead(200, { 'set-cookie': cookies(Number(req.url?.slice(1))) }).end('ok'))
  await using world = await proxyWorld({ machine })
  const many = await world.ask('/300')
  expect([many.status, many.headers['set-cookie']]).toEqual([200, cookies(300)])
  expect((await world.ask('/5000')).status).toBe(502)
  expect((await world.ask('/1')).status).toBe(200)
})
