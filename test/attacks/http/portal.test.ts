import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTarget, type Target } from '../target.ts'

/*
 * The portal and the identity provider, before anybody has signed in (security.md 3.2: fastify CVE-2026-25223, GHSA-573f-x89g-hqp9, CVE-2026-33806,
 * CVE-2025-32442, GHSA-3fjj-p79j-c9hh; @fastify/static CVE-2026-6414, @fastify/middie CVE-2026-14198; fastify CVE-2026-3635; OpenZiti GHSA-q8g9-jc4c-jp6q,
 * GHSA-j952-6x8x-jmj6; RFC 9112 section 9.3.2 on requests sent without waiting; RFC 9110 sections 7.8, 9.1, 10.1.1).
 */

let target: Target
let idp: string
beforeAll(async () => {
  target = await startTarget()
  const { text } = await target.raw(ask('GET /auth/sign-in HTTP/1.1', 'Connection: close'))
  idp = new URL(/^location: (\S+)/im.exec(text)?.[1] ?? '').host
})
afterAll(() => target[Symbol.asyncDispose]())

const head = (line: string, host: string, lines: readonly string[]): string => [line, `Host: ${host}`, ...lines, '', ''].join('\r\n')
const ask = (line: string, ...lines: readonly string[]): string => head(line, target.portal.host, lines)
const statusesOf = (text: string): number[] => [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))

describe('the type of a body', () => {
  const json = '{"machine":"raw-1"}'
  it.each([
    'application/json\t',
    '\tapplication/json',
    'application/json\ta',
    'application/json ; charset=utf-8',
    'application/json;',
    'application/json; charset=utf-7',
    'application/json, text/plain',
    'APPLICATION/JSON',
    'application/jsonp',
    'application/json+x',
    ' application/json',
    'text/plain; application/json',
    'text/plain',
    'multipart/form-data; boundary=application/json',
    'application/x-www-form-urlencoded',
    'application/vnd.api+json',
    'application/json/../../x',
    '*/*',
    'application/*',
    '__proto__',
    'application/json;charset="',
    '',
    ' ',
  ])('that is %j opens nothing to somebody who is not signed in', async (type) => {
    const { status, text } = await target.raw(
      ask('POST /api/v1/sessions HTTP/1.1', `Content-Type: ${type}`, `Content-Length: ${json.length}`, 'Connection: close') + json,
    )
    expect([400, 401, 415], text).toContain(status)
  })

  it('that is named twice is one of them or none, never a way past the check', async () => {
    const { status } = await target.raw(
      ask(
        'POST /api/v1/sessions HTTP/1.1',
        'Content-Type: text/plain',
        'Content-Type: application/json',
        `Content-Length: ${json.length}`,
        'Connection: close',
      ) + json,
    )
    expect([400, 401, 415]).toContain(status)
  })
})

describe('an address that guard and router could read in two ways', () => {
  it.each([
    '/api%2fv1/me',
    '/api/v1%2fme',
    '/api/v1/%6de',
    '/%61pi/v1/me',
    '/api//v1/me',
    '//api/v1/me',
    '/api/v1/me/',
    '/api/v1/me;x',
    '/api/v1/me%3fx',
    '/api/v1/me%00',
    '/api/v1/me%20',
    '/api/v1/../v1/me',
    '/api/v1/%2e%2e/v1/me',
    '/assets/../api/v1/me',
    '/assets/..%2fapi/v1/me',
    '/assets/%2e%2e%2fapi%2fv1%2fme',
    '/API/v1/me',
    '/api/V1/me',
    '/api\\v1\\me',
    '/api/v1/people',
    '/api%2fv1%2fpeople',
    '/api/v1/people%2f',
    '/api/v1/%70eople',
  ])('%j is nothing of the API to somebody who is not signed in', async (path) => {
    const { status, text } = await target.raw(ask(`GET ${path} HTTP/1.1`, 'Accept: application/json', 'Connection: close'))
    expect([400, 401, 404], text).toContain(status)
  })

  it.each([
    '/assets/../index.html',
    '/assets/..%2findex.html',
    '/assets/%2e%2e/index.html',
    '/assets/%2e%2e%2findex.html',
    '/assets/..%5cindex.html',
    '/assets/..\\index.html',
    '/assets/....//index.html',
    '/assets/%252e%252e%252findex.html',
    '/assets//etc/passwd',
    '/assets/%2fetc%2fpasswd',
    '/assets/..%00/index.html',
    '/assets/%c0%ae%c0%ae/index.html',
    '/assets/',
    '/assets',
    '/assets/.',
    '/assets/%',
  ])('%j is no file outside the pages', async (path) => {
    const { status, text } = await target.raw(ask(`GET ${path} HTTP/1.1`, 'Accept: */*', 'Connection: close'))
    expect(status, text.slice(0, 200)).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(500)
    expect(text).not.toMatch(/root:|<script/)
  })
})

describe('a method, a protocol, an expectation', () => {
  it('HEAD of a page is its GET without the body (RFC 9110, section 9.1)', async () => {
    const { text } = await target.raw(ask('HEAD / HTTP/1.1', 'Connection: close'))
    expect([statusesOf(text), /content-security-policy: /i.test(text), text.endsWith('\r\n\r\n')]).toEqual([[200], true, true])
  })

  it.each<readonly [string, readonly string[]]>([
    ['h2c', ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__']],
    ['TLS', ['Connection: Upgrade', 'Upgrade: TLS/1.0']],
    ['an unknown one', ['Connection: Upgrade', 'Upgrade: x']],
  ])('an upgrade to %s is not taken, and the request is served (RFC 9110, section 7.8)', async (_name, lines) => {
    const { text, closed } = await target.raw(ask('GET / HTTP/1.1', ...lines) + ask('GET /auth/none HTTP/1.1'))
    expect([statusesOf(text), closed]).toEqual([[200], true])
    const provider = await target.raw(head('GET / HTTP/1.1', idp, lines))
    expect([provider.status, provider.closed]).toEqual([200, true])
  })

  it.each(['TRACE', 'TRACK', 'CONNECT', 'PROPFIND', 'PUT', 'BREW'])('%s of a page is not served', async (method) => {
    const { status, closed } = await target.raw(ask(`${method} / HTTP/1.1`, 'Connection: close'))
    expect([status >= 400 && status < 500, closed]).toEqual([true, true])
  })

  it.each(['100-continue', '100-Continue, x', '999-please', '100-continue\t', ''])('Expect: %j gets one final answer', async (expects) => {
    const { text } = await target.raw(
      ask(
        'POST /api/v1/sessions HTTP/1.1',
        `Expect: ${expects}`,
        'Content-Type: application/json',
        'Content-Length: 2',
        'Connection: close',
      ) + '{}',
    )
    const final = statusesOf(text).filter((status) => status !== 100)
    expect(final).toHaveLength(1)
    expect([400, 401, 417]).toContain(final[0])
  })
})

describe('a gibibyte', () => {
  it.each<readonly [string, string, () => string, readonly string[]]>([
    ['announced to the API', 'POST /api/v1/sessions', () => target.portal.host, [`Content-Length: ${1024 ** 3}`]],
    ['in chunks to the API', 'POST /api/v1/sessions', () => target.portal.host, ['Transfer-Encoding: chunked']],
    ['announced to a page', 'POST /', () => target.portal.host, [`Content-Length: ${1024 ** 3}`]],
    ['in chunks to the identity provider', 'POST /token', () => idp, ['Transfer-Encoding: chunked']],
    ['announced to the identity provider', 'POST /token', () => idp, [`Content-Length: ${1024 ** 3}`]],
    ['in chunks to a machine by somebody who has not entered', 'POST /x', () => target.host, ['Transfer-Encoding: chunked']],
  ])('%s is cut long before its end, and costs no memory', async (_name, line, host, lines) => {
    const before = await target.gatewayMiB()
    const bytes = head(`${line} HTTP/1.1`, host(), ['Content-Type: application/json', ...lines])
    const { sentMiB, status } = await pour(bytes, lines.includes('Transfer-Encoding: chunked'))
    expect(sentMiB).toBeLessThan(32)
    expect(status === 0 || (status >= 400 && status < 500), String(status)).toBe(true)
    expect((await target.gatewayMiB()) - before).toBeLessThan(64)
  })

  /** Writes as fast as it is taken, until the connection is cut, or 1 GiB has gone. */
  function pour(bytes: string, chunked: boolean): Promise<{ sentMiB: number; status: number }> {
    const body = Buffer.alloc(256 * 1024, ' ')
    const piece = chunked ? Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n')]) : body
    return new Promise((resolve) => {
      const socket = connect({ host: '127.0.0.1', port: Number(target.portal.port) })
      let [sent, answer] = [0, '']
      const more = (): void => {
        while (sent < 1024 ** 3 && !socket.destroyed) {
          sent += body.length
          if (!socket.write(piece)) return
        }
        socket.end()
      }
      socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1'))).on('drain', more)
      socket.on('error', () => {})
      socket.once('close', () => resolve({ sentMiB: sent / 1024 ** 2, status: statusesOf(answer)[0] ?? 0 }))
      socket.write(bytes)
      more()
    })
  }
})

describe('requests that are sent without waiting', () => {
  it('are answered one after the other', async () => {
    const { text } = await target.raw(ask('GET /auth/none HTTP/1.1').repeat(20))
    expect(statusesOf(text)).toEqual(Array.from({ length: 20 }, () => 404))
  })

  it.each<readonly [string, () => string]>([
    ['the portal', () => ask('GET /api/v1/me HTTP/1.1')],
    ['the identity provider', () => head('GET /.well-known/openid-configuration HTTP/1.1', idp, [])],
    ['a machine', () => target.request('GET /many HTTP/1.1')],
  ])('without end cost their sender the connection: to %s', async (_name, one) => {
    const before = await target.gatewayMiB()
    target.machine.forget()
    const { closed, text } = await target.raw(one().repeat(20_000))
    expect([closed, statusesOf(text).length < 1_000]).toEqual([true, true])
    expect(target.machine.requests().length).toBeLessThan(1_000)
    expect((await target.gatewayMiB()) - before).toBeLessThan(64)
    await target.nobodyElseHarmed()
  })

  it('that cannot be read get no answer in the place of the one before', async () => {
    target.machine.answer = () => {}
    const { heard, requests } = await target.attack(`${target.request('GET /owed HTTP/1.1')}PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n`)
    target.machine.answer = null
    expect([heard.text, heard.closed, requests.length <= 1]).toEqual(['', true, true])
  })

  it('do not let an upgrade overtake the answer that is owed', async () => {
    target.machine.answer = () => {}
    const upgrade = [
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ]
    const { heard } = await target.attack(
      target.request('GET /owed HTTP/1.1') + target.request('GET /live HTTP/1.1', [`Origin: ${target.origin}`, ...upgrade]),
    )
    target.machine.answer = null
    expect([heard.text, heard.closed]).toEqual(['', true])
  })
})

describe('the front of the identity provider', () => {
  it.each<readonly [string, string, readonly string[], string]>([
    [
      'a chunked DELETE (E1)',
      'DELETE /token HTTP/1.1',
      ['Transfer-Encoding: chunked'],
      '0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n',
    ],
    ['a chunked GET', 'GET / HTTP/1.1', ['Transfer-Encoding: chunked'], '0\r\n\r\n'],
    ['both framings', 'POST /token HTTP/1.1', ['Content-Length: 3', 'Transfer-Encoding: chunked'], '0\r\n\r\n'],
    ['an unknown coding', 'POST /token HTTP/1.1', ['Transfer-Encoding: xchunked'], '0\r\n\r\n'],
  ])('passes nothing on of %s', async (_name, line, lines, rest) => {
    const { text, status } = await target.raw(head(line, idp, [...lines, 'Connection: close']) + rest)
    expect([status, statusesOf(text).length], text).toEqual([400, 1])
  })

  it.each([
    'X-Forwarded-Host: evil.example',
    'X-Forwarded-Proto: gopher',
    'Forwarded: host=evil.example',
    'X_Forwarded_Host: evil.example',
  ])('says nothing of %j (CVE-2026-3635)', async (line) => {
    const { text, status } = await target.raw(head('GET /.well-known/openid-configuration HTTP/1.1', idp, [line, 'Connection: close']))
    expect([status, /evil\.example|gopher/.test(text)]).toEqual([200, false])
  })
})

describe('afterwards', () => {
  it('the pages are what they were, and nobody else was harmed', async () => {
    const { status } = await target.raw(ask('GET / HTTP/1.1', 'Connection: close'))
    expect(status).toBe(200)
    await target.nobodyElseHarmed()
  })
})
