import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createServer } from 'node:http'
import { accessCookieName } from '../access-cookie.ts'
import { fakeBarSessions, type FakeBarSessions } from '../testing/fake-bar-sessions.ts'
import { ask, proxyWorld, service, sessionId, type Answer, type ProxyWorld } from '../testing/proxy-world.ts'
import type { BarFiles } from './read-bar-files.ts'

const files: BarFiles = {
  page: Buffer.from('<!doctype html><title>The bar</title>'),
  assets: new Map([['/assets/index-1.js', { type: 'text/javascript; charset=utf-8', body: Buffer.from('1') }]]),
}
const navigation = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
const intoFrame = { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }

let world: ProxyWorld
let sessions: FakeBarSessions
let reached: string[]
let barHost: string
let barOrigin: string
let cookie: string
let own: Readonly<Record<string, string>>

interface Asked {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string
}
const atBar = (path: string, options: Asked = {}): Promise<Answer> => ask(world.port, barHost, path, options)
/** As its own page asks. */
const asBar = (path: string, body?: object, headers: Record<string, string> = {}): Promise<Answer> =>
  atBar(path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...own, cookie, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
const enterBar = async (): Promise<string> => {
  const entry = await world.proxy.mintBar(sessionId, service, 'mia')
  const entered = await ask(world.port, entry.host, entry.pathname + entry.search, { headers: navigation })
  expect([entered.status, entered.headers.location]).toEqual([303, '/'])
  return entered.headers['set-cookie']![0]!.split(';')[0]!
}
const json = ({ body }: Answer): Record<string, unknown> => JSON.parse(body.toString()) as Record<string, unknown>

beforeEach(async () => {
  sessions = fakeBarSessions()
  reached = []
  const machine = createServer((req, res) => {
    reached.push(req.url ?? '')
    res.writeHead(200, { 'content-type': 'text/html', 'x-frame-options': 'DENY' }).end('<h1>machine</h1>')
  })
  world = await proxyWorld({ machine, bar: { files, sessions } })
  const entry = await world.proxy.mintBar(sessionId, service, 'mia')
  barHost = entry.host
  barOrigin = entry.origin
  own = { origin: barOrigin, 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' }
  cookie = await enterBar()
})
afterEach(() => world[Symbol.asyncDispose]())

describe('who is in a bar', () => {
  test('is the browser that came with its one-time code, once, by a cookie that no script can read and no other host is sent', async () => {
    const entry = await world.proxy.mintBar(sessionId, service, 'mia')
    expect(entry.host).toBe(world.host.replace(/^hmi-/, 'bar-'))
    const path = entry.pathname + entry.search
    const first = await atBar(path, { headers: navigation })
    expect(first.headers['set-cookie']![0]).toMatch(/^__Host-sallyport=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/)
    expect((await atBar(path, { headers: navigation })).status).toBe(403)
    const page = await atBar('/', { headers: { ...navigation, cookie } })
    expect([page.status, page.body.toString()]).toEqual([200, files.page.toString()])
    expect((await atBar('/', { headers: navigation })).status).toBe(403)
  })

  test('is never one by a code or a cookie of the machine’s own origin, nor the other way about', async () => {
    const ofPage = await world.proxy.mint(sessionId, service, 'mia')
    expect((await atBar(ofPage.pathname + ofPage.search, { headers: navigation })).status).toBe(403)
    const ofBar = await world.proxy.mintBar(sessionId, service, 'mia')
    expect((await ask(world.port, world.host, ofBar.pathname + ofBar.search, { headers: navigation })).status).toBe(403)
    expect((await atBar('/', { headers: { ...navigation, cookie: world.cookie } })).status).toBe(403)
    expect((await world.ask('/', { headers: { cookie } })).status).toBe(403)
    const value = cookie.split('=')[1]!
    expect((await world.ask('/', { headers: { cookie: `${accessCookieName(true)}=bar:${value}` } })).status).toBe(403)
    expect(reached).toEqual([])
  })

  test('is out with its sign-in', async () => {
    world.signedOut.add('mia')
    expect((await asBar('/api/end', {})).status).toBe(403)
    expect(sessions.ended).toBe(0)
  })

  test('is counted where it is not let in, and when it asks too much', async () => {
    await using strict = await proxyWorld({ bar: { files, sessions }, stranger: () => false })
    const { host } = await strict.proxy.mintBar(sessionId, service, 'mia')
    expect((await ask(strict.port, host, '/', { headers: navigation })).status).toBe(429)
    sessions.mayAsk = false
    expect((await asBar('/api/end', {})).status).toBe(429)
  })
})

describe('what another origin sends to a bar', () => {
  const machineOrigin = (): string => world.origin
  test.each(['/api/end', '/api/messages', '/api/frame', '/page'])('%s does nothing', async (path) => {
    const body = JSON.stringify({ text: 'x' })
    const base = { cookie, 'content-type': 'application/json' }
    const from = [
      { origin: machineOrigin(), 'sec-fetch-site': 'same-site' },
      { origin: machineOrigin() },
      { origin: 'null', 'sec-fetch-site': 'same-site' },
      { origin: 'null', 'sec-fetch-site': 'same-origin' },
      { origin: barOrigin, 'sec-fetch-site': 'same-site' },
      { origin: barOrigin, 'sec-fetch-site': 'none' },
      { origin: `${barOrigin}.evil.example`, 'sec-fetch-site': 'cross-site' },
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      { origin: `http://sallyport.localhost:${world.port}`, 'sec-fetch-site': 'cross-site' },
      {},
    ]
    for (const headers of from) {
      const { status } = await atBar(path, { method: 'POST', headers: { ...base, ...headers } as Record<string, string>, body })
      expect([headers, status]).toEqual([headers, 403])
    }
    expect([sessions.ended, sessions.said]).toEqual([0, []])
    // The same from its own page is taken.
    expect((await asBar(path, { text: 'x' })).status).toBeLessThan(400)
  })

  test.each(['iframe', 'frame', 'embed', 'object'])('its page is not for a frame (%s)', async (destination) => {
    const { status, headers } = await atBar('/', { headers: { ...navigation, cookie, 'sec-fetch-dest': destination } })
    expect([status, headers['x-frame-options']]).toEqual([403, 'DENY'])
  })

  test('its state is not for a script of the machine', async () => {
    const { status } = await atBar('/api/state', { headers: { cookie, 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' } })
    expect(status).toBe(403)
  })

  test('its state is no page, whoever opens it, nor fetched ahead', async () => {
    for (const site of ['same-site', 'cross-site', 'same-origin', 'none']) {
      const { status } = await atBar('/api/state', { headers: { ...navigation, cookie, 'sec-fetch-site': site } })
      expect([site, status]).toEqual([site, 403])
    }
    const ahead = { ...own, cookie, 'sec-purpose': 'prefetch' }
    expect((await atBar('/api/state', { headers: ahead })).status).toBe(403)
    expect((await atBar('/', { headers: { ...navigation, cookie, 'sec-purpose': 'prefetch' } })).status).toBe(403)
    expect(sessions.followers).toBe(0)
  })

  test('other addresses and methods lead nowhere, and no WebSocket', async () => {
    for (const [method, path] of [
      ['GET', '/api/end'],
      ['PUT', '/api/end'],
      ['POST', '/'],
      ['GET', '/assets/none.js'],
      ['GET', '/.sallyport/record'],
      ['GET', '/constructor'],
    ] as const)
      expect([path, (await atBar(path, { method, headers: { ...own, cookie } })).status]).toEqual([path, 404])
    const raw = await world.raw()
    raw.send(
      `GET / HTTP/1.1\r\nHost: ${barHost}\r\nConnection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    )
    expect(await raw.until('\r\n\r\n')).toMatch(/^HTTP\/1\.1 421 /)
    expect(reached).toEqual([])
  })

  test.each(['', '{', '[]', 'null', '"x"'])('a body that is no object (%j) is refused', async (body) => {
    expect((await atBar('/api/messages', { method: 'POST', headers: { ...own, cookie }, body })).status).toBe(400)
  })

  test.each([{}, { text: 7 }, { text: null }, { text: {} }, { text: ['x'] }])('a message without a text (%j) is refused', async (body) => {
    expect((await asBar('/api/messages', body)).status).toBe(400)
    expect(sessions.said).toEqual([])
  })

  test('a body that is far too large is answered, and the connection closed when it goes on', async () => {
    const raw = await world.raw()
    const head = Object.entries({ ...own, cookie, host: barHost, 'content-length': String(1024 ** 3) }).map(
      ([name, value]) => `${name}: ${value}\r\n`,
    )
    raw.send(`POST /api/messages HTTP/1.1\r\n${head.join('')}\r\n${'x'.repeat(40 * 1024)}`)
    expect(await raw.until('\r\n\r\n')).toMatch(/^HTTP\/1\.1 413 /)
    raw.send('x'.repeat(2 * 1024 * 1024))
    await raw.closed()
  })

  test('a body is at most 16 KiB, and JSON', async () => {
    const bytes = (count: number): Promise<Answer> => asBar('/api/messages', { text: 'x'.repeat(count - '{"text":""}'.length) })
    expect((await bytes(16 * 1024)).status).toBe(200)
    expect((await bytes(16 * 1024 + 1)).status).toBe(413)
    expect((await asBar('/api/end', {}, { 'content-type': 'text/plain' })).status).toBe(415)
  })
})

test('its page shows the machine’s page and nothing else in its frame, nobody frames it, and no script but its own runs', async () => {
  const { headers } = await atBar('/', { headers: { ...navigation, cookie } })
  const policy = String(headers['content-security-policy'])
  expect(policy).toContain(`frame-src ${world.origin};`)
  expect(policy).toContain("frame-ancestors 'none'")
  expect(policy).toContain("script-src 'self';")
  expect(policy).not.toContain('unsafe')
  expect(headers['cross-origin-opener-policy']).toBe('same-origin-allow-popups')
  expect(headers['permissions-policy']).toContain('fullscreen=()')
  const asset = await atBar('/assets/index-1.js')
  expect([asset.status, asset.headers['cache-control'], asset.headers['x-content-type-options']]).toEqual([
    200,
    'public, max-age=31536000, immutable',
    'nosniff',
  ])
})

describe('the way into the frame', () => {
  const frameUrl = async (to?: string): Promise<URL> => new URL(String(json(await asBar('/api/frame', { to }))['url']))
  const open = (url: URL, headers: Record<string, string> = intoFrame): Promise<Answer> =>
    ask(world.port, url.host, url.pathname + url.search, { headers })

  test('is a page of ours on the machine’s origin that only the bar can show, and that goes on by itself', async () => {
    const url = await frameUrl('/flows?a=1&b="2"#tab/3')
    expect(url.origin).toBe(world.origin)
    const hop = await open(url)
    expect([hop.status, hop.headers['set-cookie']?.length]).toEqual([200, 1])
    expect(hop.headers['content-security-policy']).toMatch(new RegExp(`frame-ancestors ${barOrigin.replaceAll('.', '\\.')}$`))
    expect(hop.body.toString()).toContain('data-to="/flows?a=1&#38;b=')
    expect(reached).toEqual([])
    expect((await open(url)).status).toBe(403)
  })

  test.each(['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', '/.sallyport/enter', '/a\r\nb', '', '/ü'])(
    'leads to no other place than one of the machine (%j)',
    async (to) => {
      expect((await open(await frameUrl(to))).body.toString()).toContain('<html data-to="/">')
      const direct = await world.proxy.mint(sessionId, service, 'mia')
      direct.searchParams.set('to', to)
      expect((await open(direct, navigation)).headers.location).toBe('/')
    },
  )

  test('leads to places of at most 4,096 characters', async () => {
    const place = `/${'x'.repeat(4_095)}`
    expect((await open(await frameUrl(place))).body.toString()).toContain(`data-to="${place}"`)
    expect((await open(await frameUrl(`${place}x`))).body.toString()).toContain('<html data-to="/">')
  })

  test('adds no cookie for a browser that has one of this sign-in: a bar is loaded often', async () => {
    const again = await open(await frameUrl(), { ...intoFrame, cookie: world.cookie })
    expect([again.status, again.headers['set-cookie']]).toEqual([200, undefined])
  })

  test('is the only thing that another origin of the site may ask for in a frame; nothing of that reaches the machine', async () => {
    for (const path of ['/', '/anything', '/.sallyport/record']) {
      const { status } = await world.ask(path, { headers: intoFrame })
      expect([path, status]).toEqual([path, 403])
    }
    const { status } = await open(await frameUrl(), { ...intoFrame, 'sec-fetch-site': 'cross-site' })
    expect(status).toBe(403)
    expect(reached).toEqual([])
  })

  test('ends at a page whose machine’s word on frames gave way to exactly this bar', async () => {
    const { headers } = await world.ask('/', { headers: { ...intoFrame, 'sec-fetch-site': 'same-origin' } })
    expect(headers['x-frame-options']).toBeUndefined()
    expect(headers['content-security-policy']).toBe(`frame-ancestors ${barOrigin}, frame-ancestors 'self' ${barOrigin}`)
  })

  test.each(['/api/frame', '/page'])('is not made anew when the session is over (%s)', async (path) => {
    sessions.change({ state: 'ended' })
    expect((await asBar(path, {})).status).toBe(410)
    sessions.facts = async () => undefined
    expect((await asBar(path, {})).status).toBe(410)
  })

  test('shows in the frame why there is no page, too', async () => {
    sessions.change({ state: 'ended' })
    world.authority.end('ended_by_operator', 'Olga')
    const over = await world.ask('/', { headers: { ...intoFrame, 'sec-fetch-site': 'same-origin' } })
    expect([over.status, over.headers['clear-site-data']]).toEqual([410, '"cache", "storage"'])
    expect(over.headers['content-security-policy']).toContain(`frame-ancestors 'self' ${barOrigin}`)
    expect(over.body.toString()).toContain('target="_blank" rel="noopener"')
  })
})

test('without bars a machine’s page opens alone, and no bar’s host answers', async () => {
  await using alone = await proxyWorld()
  expect((await alone.proxy.mintBar(sessionId, service, 'mia')).host).toBe(alone.host)
  expect((await ask(alone.port, alone.host.replace(/^hmi-/, 'bar-'), '/', {})).status).toBe(421)
})
