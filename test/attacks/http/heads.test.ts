import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { waitedMs } from '../../support/waited-for-processor.ts'
import { startTarget, type Target } from '../target.ts'

/*
 * What a request says of itself: host, method, protocol, path, and fields that only an intermediary may set (security.md E3, E4, E8; Pomerium
 * GHSA-pvrc-wvj2-f59p; @fastify/reply-from CVE-2026-33805; Caddy GHSA-7r4p-vjf4-gxv4, GHSA-f59h-q822-g45g; fastify CVE-2026-3635; cloudflared's Host
 * parsing of July 2023; Node CVE-2026-21710).
 */

let target: Target
beforeAll(async () => {
  target = await startTarget()
})
afterAll(() => target[Symbol.asyncDispose]())

const head = (line: string, ...lines: string[]): string => [line, ...lines, `Cookie: ${target.cookie}`, '', ''].join('\r\n')

describe('a host', () => {
  const hosts: readonly (readonly [name: string, lines: (host: string) => readonly string[]])[] = [
    ['absent', () => []],
    ['empty', () => ['Host:']],
    ['twice', (host) => [`Host: ${host}`, `Host: ${host}`]],
    ['twice, the second one foreign', (host) => [`Host: ${host}`, 'Host: evil.example']],
    ['two in one field', (host) => [`Host: ${host}, evil.example`]],
    ['with a user', (host) => [`Host: evil@${host}`]],
    ['with a path', (host) => [`Host: ${host}/x`]],
    ['with a query', (host) => [`Host: ${host}?x`]],
    ['with a NUL', (host) => [`Host: ${host}\0.evil.example`]],
    ['with a space', (host) => [`Host: ${host} evil.example`]],
    ['with a percent', (host) => [`Host: ${host.replace('.', '%2e')}`]],
    ['with a Unicode dot', (host) => [`Host: ${host.replace('.', '\xe3\x80\x82')}`]],
    ['with a full-width letter', (host) => [`Host: ${host.replace('m', '\xef\xbd\x8d')}`]],
    ['with a trailing dot', (host) => [`Host: ${host.replace(':', '.:')}`]],
    ['with two ports', (host) => [`Host: ${host}:80`]],
    ['with a port that is none', (host) => [`Host: ${host.replace(/:\d+$/, ':x')}`]],
    ['of another origin of the access domain', (host) => [`Host: ${host.replace(/^[^.]+/, `web-${'a'.repeat(26)}`)}`]],
    ['one label deeper', (host) => [`Host: x.${host}`]],
    ['the access domain itself', (host) => [`Host: ${host.replace(/^[^.]+\./, '')}`]],
    ['an address', (host) => [`Host: ${host.replace(/^[^:]+/, '127.0.0.1')}`]],
    ['an IPv6 address with a zone', (host) => [`Host: ${host.replace(/^[^:]+/, '[fe80::1%25lo]')}`]],
    ['of a machine that an underscore hides', (host) => ['Host: evil.example', `Host_: ${host}`]],
  ]
  it.each(hosts)('that is %s leads nowhere', async (_name, lines) => {
    const { heard, requests } = await target.attack(head('GET /page HTTP/1.1', ...lines(target.host), 'Connection: close'))
    expect(heard.status, heard.text).toBeGreaterThanOrEqual(400)
    expect(heard.status).toBeLessThan(500)
    expect(requests).toEqual([])
  })

  it('in the address of the request must be the one of the field (RFC 9112, section 3.2.2)', async () => {
    const close = 'Connection: close'
    const foreign = await target.attack(head(`GET http://evil.example/page HTTP/1.1`, `Host: ${target.host}`, close))
    expect([foreign.heard.status >= 400, foreign.requests]).toEqual([true, []])
    const other = await target.attack(head(`GET ${target.origin}/page HTTP/1.1`, 'Host: evil.example', close))
    expect([other.heard.status >= 400, other.requests]).toEqual([true, []])
  })

  it('in a spelling that no browser uses is refused: one name, one spelling', async () => {
    const { heard, requests } = await target.attack(head('GET /page HTTP/1.1', `Host: ${target.host.toUpperCase()}`, 'Connection: close'))
    expect([heard.status, requests]).toEqual([421, []])
  })
})

describe('a request line', () => {
  it.each([
    'CONNECT 127.0.0.1:22 HTTP/1.1',
    'TRACE / HTTP/1.1',
    'PRI * HTTP/2.0',
    'GET * HTTP/1.1',
    'GET page HTTP/1.1',
    'GET\t/page HTTP/1.1',
    'GET /page\tHTTP/1.1',
    'GET /a b HTTP/1.1',
    'GET /page HTTP/1.1 ',
    'GET /page http/1.1',
    'GET /page HTTP/1.2',
    'GET /page HTTP/2.0',
    'GET /page HTTP/1.0',
    'GET /page HTTP/0.9',
    'GET /page',
    'get /page HTTP/1.1',
    'GET\0 /page HTTP/1.1',
    'BREW /page HTTP/1.1',
    ' GET /page HTTP/1.1',
    `${'A'.repeat(300)} /page HTTP/1.1`,
  ])('%j reaches no machine', async (line) => {
    const { heard, requests } = await target.attack(target.request(line, ['Connection: close']))
    expect(heard.status === 0 || heard.status >= 400, heard.text).toBe(true)
    expect([heard.closed, requests]).toEqual([true, []])
  })

  it('that asks for another protocol is served as what it also is, or refused; nobody gets a tunnel', async () => {
    for (const fields of [
      ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'],
      ['Connection: Upgrade', 'Upgrade: websocket, h2c', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='],
      ['Connection: Upgrade', 'Upgrade: TLS/1.0'],
      ['Connection: Upgrade'],
      ['Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='],
    ]) {
      const { heard, requests } = await target.attack(target.request('GET /page HTTP/1.1', fields), { firstMs: 3_000 })
      expect(heard.text).not.toMatch(/HTTP\/1\.1 101/)
      for (const { fields: sent } of requests) expect(sent.filter(([name]) => /upgrade|http2/.test(name))).toEqual([])
    }
    await target.stillAnswersRightly()
  })
})

describe('a path', () => {
  /** The machine gets exactly these bytes, or nothing: never another spelling than the one that was judged. */
  const spellings: readonly string[] = [
    '/a/../b',
    '/a/%2e%2e/b',
    '/a/%2E./b',
    '/./a',
    '/a/.',
    '/..',
    '/%2e',
    '/a/..;/b',
    '/a/..%2fb',
    '/a/..%5cb',
    '/a/%252e%252e/b',
    '//evil.example/x',
    '/\\evil.example',
    '\\a',
    '/a\\..\\b',
    '/a%5cb',
    '/a%2fb',
    '/a%2Fb',
    '/%00',
    '/a%00.html',
    '/a\0b',
    '/a%',
    '/a%2',
    '/a%zz',
    '/a;b=c/d',
    '/a//b',
    '/a#b',
    '/a%23b',
    '/a?b#c',
    '/a?x=%00',
    '/Ã¤',
    '/%c3%a4',
    '/%C3%A4',
    '/%c0%ae%c0%ae/b',
    '/%u002e%u002e/b',
    '/a%0d%0aX: y',
    '/a%0ab',
    '/a%20b',
    '/a+b',
    '/A/B',
    '/~a',
    '/%7ea',
    '/a?b=../..',
    '/a?b=%2e%2e%2f',
    `/${'a'.repeat(9e3)}`,
    '/.sallyport/',
    '/.sallyport/../x',
    '/%2esallyport/',
    '/.sallyport%2f',
    '/.SALLYPORT/x',
    '//.sallyport/x',
    '/.sallyport;/x',
    '/.sallyport',
  ]
  it.each(spellings)('%j reaches the machine as it is, or not at all', async (path) => {
    const { heard, requests } = await target.attack(target.request(`GET ${path} HTTP/1.1`, ['Connection: close']))
    if (heard.status === 200) expect(requests.map(({ target: sent }) => sent)).toEqual([path])
    else expect([heard.status >= 400 || heard.status === 303, requests]).toEqual([true, []])
  })

  it.each(['/a/../b', '/a/%2e%2e/b', '/a\\b', '/a%5cb', '/%00', '/a\0b', '/a%', '/a#b', '/\xc3\xa4'])('%j is refused', async (path) => {
    const { heard, requests } = await target.attack(target.request(`GET ${path} HTTP/1.1`, ['Connection: close']))
    expect([heard.status, requests]).toEqual([400, []])
  })

  it('that is reserved never reaches the machine, however it is spelt', async () => {
    for (const path of ['/.sallyport', '/.sallyport/', '/.sallyport/enter?code=x', '/.sallyport/unknown']) {
      const { requests } = await target.attack(target.request(`GET ${path} HTTP/1.1`, ['Connection: close']))
      expect(requests, path).toEqual([])
    }
  })
})

describe('a field that only an intermediary may set', () => {
  const forged = [
    'X-Forwarded-For',
    'X-Forwarded-Host',
    'X-Forwarded-Proto',
    'X-Forwarded-Port',
    'X-Forwarded-User',
    'X-Forwarded-Email',
    'X-Real-Ip',
    'Forwarded',
    'Sallyport-Session',
    'Sallyport-User',
    'sallyport_user',
    'sallyport.user',
    'Sallyport-Agent-Error',
    'Sallyport-Error',
    'Sallyport-Lane',
    'Proxy-Authorization',
    'Proxy-Connection',
    'Keep-Alive',
    'TE',
    'Trailer',
    'HTTP2-Settings',
    'X_Forwarded_For',
    'X.Forwarded.For',
    'x-forwarded_for',
    'X-FORWARDED-FOR',
    'x-original-url',
    'X-Rewrite-Url',
    'X-HTTP-Method-Override',
  ]
  it('does not come through from the browser, in none of its spellings', async () => {
    const { requests } = await target.attack(
      target.request('GET /page HTTP/1.1', [...forged.map((name) => `${name}: forged`), 'Connection: close']),
    )
    expect(requests).toHaveLength(1)
    const kept = requests[0]?.fields.filter(([, value]) => value.includes('forged')).map(([name]) => name)
    // These are the machine's own business: no proxy of ours gives them a meaning.
    expect(kept?.filter((name) => !['x-original-url', 'x-rewrite-url', 'x-http-method-override'].includes(name))).toEqual([])
  })

  it('cannot be taken away by naming it in Connection (CVE-2026-33805)', async () => {
    const named = 'Connection: close, host, cookie, content-length, transfer-encoding, x-mine'
    const { heard, requests } = await target.attack(
      target.request('POST /page HTTP/1.1', ['Content-Length: 3', 'Cookie: own=1', 'X-Mine: 1', named], 'abc'),
    )
    expect(heard.status).toBe(200)
    expect(requests.map(({ body }) => String(body))).toEqual(['abc'])
    const fields = requests[0]?.fields ?? []
    expect(fields.map(([name]) => name)).toEqual(expect.arrayContaining(['host', 'content-length']))
    expect(fields.map(([name]) => name)).not.toContain('x-mine')
    expect(fields).toContainEqual(['cookie', 'own=1'])
  })

  it.each(['Authorization', 'Content-Type', 'Range', 'If-Range', 'Referer', 'Sec-Fetch-Site', 'Sec-Fetch-Mode', 'Sec-Fetch-Dest'])(
    'of which there is one is refused when it comes twice: %s',
    async (name) => {
      const { heard, requests } = await target.attack(
        target.request('GET /page HTTP/1.1', [`${name}: a`, `${name.toLowerCase()}: b`, 'Connection: close']),
      )
      expect([heard.status, requests]).toEqual([400, []])
    },
  )

  it('named __proto__, constructor or toString is a field like another one (CVE-2026-21710)', async () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty']
    const { heard } = await target.attack(target.request('GET /page HTTP/1.1', [...names.map((name) => `${name}: 1`), 'Connection: close']))
    expect([200, 400]).toContain(heard.status)
    await target.stillAnswersRightly()
  })

  it('reaches no machine with the cookie of the gateway, and none of another origin', async () => {
    const { requests } = await target.attack(
      target.request('GET /page HTTP/1.1', [
        'Cookie: sid=own; $Version=1; __Host-sallyport=x',
        `Authorization: Basic QQ==`,
        'Connection: close',
      ]),
    )
    expect(requests).toHaveLength(1)
    const sent = requests.flatMap(({ fields }) => fields).filter(([name]) => name === 'cookie')
    const [, ours = ''] = target.cookie.split('=')
    expect(ours.length).toBeGreaterThan(20)
    expect(sent.map(([, value]) => value).join('; ')).toContain('sid=own')
    expect(sent.map(([, value]) => value).join('; ')).not.toContain(ours)
  })
})

describe('a head without end', () => {
  it.each([
    ['one field of a megabyte', () => `X: ${'a'.repeat(1_000_000)}\r\n\r\n`],
    ['a million fields', () => 'X: y\r\n'.repeat(1_000_000)],
    ['a name of a megabyte', () => `${'a'.repeat(1_000_000)}: y\r\n\r\n`],
    ['a hundred thousand cookies', () => `Cookie: ${'a=b; '.repeat(100_000)}\r\n\r\n`],
  ])('is refused before it is whole, within a second: %s', async (_name, lines) => {
    const before = await target.gatewayMiB()
    const queued = waitedMs(target.gatewayPid) + waitedMs('self')
    const startedAt = performance.now()
    const { heard, requests } = await target.attack(`${target.request('GET /page HTTP/1.1').slice(0, -2)}${lines()}`)
    const tookMs = performance.now() - startedAt - (waitedMs(target.gatewayPid) + waitedMs('self') - queued)
    expect([heard.status === 431 || heard.status === 400 || heard.status === 0, heard.closed, requests]).toEqual([true, true, []])
    expect(tookMs).toBeLessThan(1_000)
    expect((await target.gatewayMiB()) - before).toBeLessThan(64)
  })

  it('harms nobody else', () => target.nobodyElseHarmed())
})
