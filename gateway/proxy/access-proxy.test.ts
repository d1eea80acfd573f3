import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import type { ServiceName } from '../basics/ids.ts'
import { ask, proxyWorld, service, sessionId } from './testing/proxy-world.ts'

const tell = () => createServer((req, res) => res.end(JSON.stringify({ url: req.url, headers: req.headers })))
const code = (body: Buffer): string => (JSON.parse(body.toString()) as { code: string }).code

test('an entry code lets one browser in once, with a cookie for this host alone', async () => {
  await using world = await proxyWorld({ machine: tell() })
  const entry = await world.proxy.mint(sessionId, service, 'mia')
  expect(entry.host).toBe(world.host)
  expect(entry.host).toMatch(/^hmi-[a-z2-7]{26}\.machines\.localhost:\d+$/)
  const ahead = await ask(world.port, entry.host, entry.pathname + entry.search, { headers: { 'sec-purpose': 'prefetch' } })
  expect([ahead.status, code(ahead.body), ahead.headers['set-cookie']]).toEqual([403, 'fetched_ahead', undefined])
  const first = await ask(world.port, entry.host, entry.pathname + entry.search, {
    headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
  })
  expect([first.status, first.headers.location, first.headers['referrer-policy'], first.headers['cache-control']]).toEqual([
    303,
    '/',
    'no-referrer',
    'no-store',
  ])
  expect(first.headers['set-cookie']![0]).toMatch(/^__Host-sallyport=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/)
  const second = await ask(world.port, entry.host, entry.pathname + entry.search, {})
  expect([second.status, code(second.body), second.headers['set-cookie']]).toEqual([403, 'entry_code_invalid', undefined])
  const again = await world.ask(entry.pathname + entry.search)
  expect([again.status, again.headers['set-cookie']]).toEqual([303, undefined])
  expect(world.authority.streams).toHaveLength(0)
})

test('an entry code is good for thirty seconds, for its own origin, and for GET alone', async () => {
  const clock = new FakeClock()
  await using world = await proxyWorld({ machine: tell(), clock })
  const late = await world.proxy.mint(sessionId, service, 'mia')
  clock.advance(30_000)
  expect((await ask(world.port, late.host, late.pathname + late.search, {})).status).toBe(403)
  const other = await world.proxy.mint(sessionId, 'plc' as ServiceName, 'mia')
  expect(other.host).not.toBe(world.host)
  expect((await ask(world.port, world.host, other.pathname + other.search, {})).status).toBe(403)
  const head = await world.proxy.mint(sessionId, service, 'mia')
  expect((await ask(world.port, head.host, head.pathname + head.search, { method: 'POST' })).status).toBe(405)
  expect((await ask(world.port, head.host, head.pathname + head.search, {})).status).toBe(303)
})

test('two clicks at once share one origin', async () => {
  await using world = await proxyWorld({ machine: tell() })
  const entries = await Promise.all([1, 2, 3].map(() => world.proxy.mint(sessionId, 'new' as ServiceName, 'mia')))
  expect(new Set(entries.map(({ host }) => host)).size).toBe(1)
  expect(new Set(entries.map(({ search }) => search)).size).toBe(3)
})

test('a browser without a cookie, with a wrong one, or with one of another origin is not let in', async () => {
  await using world = await proxyWorld({ machine: tell() })
  const other = await world.proxy.mint(sessionId, 'plc' as ServiceName, 'mia')
  for (const [host, cookie] of [
    [world.host, ''],
    [world.host, '__Host-sallyport=wrong'],
    [other.host, world.cookie],
    [other.host.replace('plc-', 'hmi-'), world.cookie],
  ]) {
    const answer = await ask(world.port, host!, '/', { headers: { cookie: cookie!, accept: 'text/html' } })
    expect(answer.status).toBe(403)
    expect(answer.body.toString()).toContain('This browser has not been let in')
    expect(answer.body.toString()).not.toContain('Press 7')
  }
  expect(world.authority.authorizations).toBe(0)
})

test('neither code nor cookie of ours reaches the machine, whatever the machine and its siblings set', async () => {
  await using world = await proxyWorld({ machine: tell() })
  const answer = await world.ask('/', { headers: { cookie: `${world.cookie}; own=1; twice=a; twice=b; sallyport-access=x` } })
  expect((JSON.parse(answer.body.toString()) as { headers: { cookie: string } }).headers.cookie).toBe('own=1')
  expect(answer.body.toString()).not.toContain(world.cookie)
})

test('after a restart of the gateway a value that the machine never set still does not reach it', async () => {
  const login = () =>
    createServer((req, res) => {
      const set = req.url === '/login' ? { 'set-cookie': 'sid=real; HttpOnly' } : {}
      res.writeHead(200, set).end(req.headers.cookie ?? 'none')
    })
  await using before = await proxyWorld({ machine: login() })
  await before.ask('/login')
  await using world = await proxyWorld({ machine: login(), before })
  const asking = async (more: string) => (await world.ask('/', { headers: { cookie: `${world.cookie}; ${more}` } })).body.toString()
  expect([await asking('sid=real'), await asking('sid=tossed'), await asking('page=own')]).toEqual(['sid=real', 'none', 'page=own'])
})

test('a service whose pins cannot be read lets nobody in', async () => {
  await using world = await proxyWorld({ machine: tell() })
  world.origins.cookiePins = () => Promise.reject(new Error('the store is gone'))
  expect((await world.ask('/')).status).toBe(503)
  expect(world.authority.streams).toHaveLength(0)
})

test('the reserved path never reaches the machine', async () => {
  await using world = await proxyWorld({ machine: tell() })
  for (const path of ['/.sallyport/', '/.sallyport/other', '/.Sallyport/enter', '//.sallyport/enter', '/.sallyport'])
    expect((await world.ask(path)).status).toBe(404)
  expect(world.authority.streams).toHaveLength(0)
})

test.each([
  ['a script of another site', 'GET', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }, 403],
  [
    "a form of the portal's site",
    'POST',
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    403,
  ],
  ['a frame on a sibling origin', 'GET', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }, 403],
  ['a script of a sibling origin', 'POST', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }, 403],
  ["an old browser's foreign form", 'POST', { origin: 'http://evil.example' }, 403],
  ["an old browser's sandboxed form", 'POST', { origin: 'null' }, 403],
  ['a link on another site', 'GET', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }, 200],
  ['an address that was typed', 'GET', { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }, 200],
  ["the machine's own page", 'POST', { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }, 200],
  ["the machine's own page without a referrer", 'POST', { 'sec-fetch-site': 'same-origin', origin: 'null' }, 200],
  ['a service worker that is to be installed', 'GET', { 'sec-fetch-site': 'same-origin', 'service-worker': 'script' }, 403],
  ['a program', 'POST', {}, 200],
])('a request of %s is answered as it should be', async (_, method, headers, status) => {
  await using world = await proxyWorld({ machine: tell() })
  expect((await world.ask('/', { method, headers })).status).toBe(status)
  expect(world.authority.streams).toHaveLength(status === 200 ? 1 : 0)
})

test('request rules judge exactly the path that is sent, and no other spelling leads round them', async () => {
  await using world = await proxyWorld({ machine: tell() })
  world.authority.rules = [
    { effect: 'deny', methods: ['*'], path: '/admin*' },
    { effect: 'deny', methods: ['POST'], path: '/recipe' },
  ]
  for (const path of ['/', '/public/a?x=/../admin', '/recipe']) expect((await world.ask(path)).status).toBe(200)
  for (const path of ['/admin', '/ADMIN/x', '//admin', '/%61dmin']) expect((await world.ask(path)).status).toBe(403)
  for (const path of ['/x/../admin', '/x/%2e%2e/admin', '/x/..%2fadmin', '/x\\..\\admin', '/x/..;/admin', '/%2561dmin'])
    expect((await world.ask(path)).status).toBe(400)
  expect((await world.ask('/recipe', { method: 'POST' })).status).toBe(403)
  const socket = await world.raw()
  socket.send(
    `${world.head('GET /admin HTTP/1.1')}Origin: ${world.origin}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  )
  expect(await socket.closed()).toMatch(/^HTTP\/1\.1 403 /)
})

test.each([
  ['two hosts', (host: string) => `GET / HTTP/1.1\r\nHost: ${host}\r\nHost: ${host}\r\n\r\n`, 400],
  ['no host', () => 'GET / HTTP/1.1\r\n\r\n', 400],
  ['a trailing dot', (host: string) => `GET / HTTP/1.1\r\nHost: ${host.replace(':', '.:')}\r\nConnection: close\r\n\r\n`, 421],
  ['another absolute form', (host: string) => `GET http://x.${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 400],
  ['an old version', (host: string) => `GET / HTTP/1.0\r\nHost: ${host}\r\n\r\n`, 505],
  ['TRACE', (host: string) => `TRACE / HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 405],
  ['an asterisk', (host: string) => `OPTIONS * HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 400],
])('%s is refused and the connection closed', async (_, text, status) => {
  await using world = await proxyWorld({ machine: tell() })
  const browser = await world.raw()
  browser.send(text(world.host))
  expect(await browser.closed()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
})

test('the absolute form of this very origin is taken and becomes a path', async () => {
  await using world = await proxyWorld({ machine: tell() })
  const browser = await world.raw()
  browser.send(`${world.head(`GET ${world.origin}/here?a HTTP/1.1`)}\r\n`)
  expect(await browser.until('/here?a')).toContain('200 OK')
})

test("the machine's redirects and cookies come back to this origin", async () => {
  const machine = createServer((_, res) =>
    res
      .writeHead(302, {
        location: 'http://sallyport.invalid/next',
        'set-cookie': ['sid=1; Domain=machines.localhost; HttpOnly', '__Host-sallyport=evil'],
        'strict-transport-security': 'max-age=1',
      })
      .end(),
  )
  await using world = await proxyWorld({ machine })
  const answer = await world.ask('/')
  expect([answer.status, answer.headers.location, answer.headers['set-cookie'], answer.headers['strict-transport-security']]).toEqual([
    302,
    `${world.origin}/next`,
    ['sid=1; HttpOnly'],
    undefined,
  ])
})

test.each([
  ['policy', 403, 'policy'],
  ['not_open', 403, 'not_open'],
  ['device_offline', 503, 'machine_offline'],
  ['service_not_approved', 403, 'service_not_approved'],
  ['unknown', 503, 'authority_unavailable'],
] as const)('what the authority denies as %s is a %i with its own page', async (denial, status, problem) => {
  await using world = await proxyWorld({ machine: tell() })
  world.authority.denied = { denied: true, code: denial, message: 'Training <b>ended</b>.' }
  const answer = await world.ask('/')
  expect([answer.status, code(answer.body)]).toEqual([status, problem])
  const page = await world.ask('/', { headers: { accept: 'text/html', 'accept-language': 'de-AT,en;q=0.5' } })
  expect(page.body.toString()).toContain('<html lang="de">')
  expect(page.body.toString()).not.toContain('<b>')
  expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/)
})

test('an authority that fails lets nobody in', async () => {
  await using world = await proxyWorld({ machine: tell() })
  world.authority.authorize = () => Promise.reject(new Error('the store is gone'))
  const answer = await world.ask('/')
  expect([answer.status, answer.body.toString().includes('store')]).toEqual([503, false])
})

test('who signs out in a browser is out of the machine there within a second, in the middle of an answer too, and nobody else', async () => {
  let lives = 0
  await using world = await proxyWorld({
    machine: createServer((request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' })
      if (request.url === '/live') response.write('first', () => (lives += 1))
      else response.end('done')
    }),
  })
  const elsewhere = await world.proxy.mint(sessionId, service, 'mia at home')
  const entered = await ask(world.port, elsewhere.host, elsewhere.pathname + elsewhere.search, {})
  const atHome = { cookie: entered.headers['set-cookie']![0]!.split(';')[0]! }
  const unused = await world.proxy.mint(sessionId, service, 'mia')
  const live = world.ask('/live').then(
    () => 'whole',
    () => 'cut',
  )
  await expect.poll(() => lives).toBe(1)
  world.signedOut.add('mia')
  expect(await live).toBe('cut')
  const out = await world.ask('/')
  expect([out.status, code(out.body), out.headers['clear-site-data']]).toEqual([403, 'signed_out', '"cache", "storage"'])
  // What was not redeemed yet lets nobody in either.
  const late = await ask(world.port, unused.host, unused.pathname + unused.search, {})
  expect([late.status, late.headers['set-cookie']]).toEqual([403, undefined])
  expect((await ask(world.port, world.host, '/', { headers: atHome })).status).toBe(200)
})

test('a session that is over says who ended it and why, in both languages, to pages and to scripts', async () => {
  await using world = await proxyWorld({ machine: tell() })
  world.authority.end('ended_by_operator', 'Olga Stein')
  const page = await world.ask('/', { headers: { 'sec-fetch-dest': 'document', 'accept-language': 'de' } })
  expect([page.status, page.headers['clear-site-data']]).toEqual([410, '"cache", "storage"'])
  expect(page.body.toString()).toContain('Olga Stein hat sie an der Maschine beendet.')
  expect(page.body.toString()).toContain('Press 7')
  const script = await world.ask('/data', { headers: { 'sec-fetch-dest': 'empty', accept: 'text/html' } })
  expect(script.headers['content-type']).toBe('application/problem+json')
  expect(JSON.parse(script.body.toString())).toMatchObject({
    status: 410,
    code: 'session_over',
    ended_reason: 'ended_by_operator',
    ended_by: 'Olga Stein',
    detail: 'Olga Stein ended it at the machine.',
  })
})

test('a person who sends too many requests a second is told so, in his language, and a WebSocket of his too', async () => {
  await using world = await proxyWorld({ machine: tell() })
  expect((await world.ask('/')).status).toBe(200)
  world.authority.mayAsk = false
  const refused = await world.ask('/', { headers: { accept: 'text/html', 'accept-language': 'de' } })
  expect([refused.status, refused.headers['retry-after']]).toEqual([429, '1'])
  expect(refused.body.toString()).toContain('mehr Anfragen in der Sekunde')
  expect(code((await world.ask('/')).body)).toBe('too_many_requests_per_second')
  const raw = await world.raw()
  raw.send(
    `${world.head('GET /socket HTTP/1.1')}Origin: ${world.origin}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  )
  expect(await raw.closed()).toMatch(/^HTTP\/1\.1 429 .*too_many_requests_per_second/s)
  world.authority.mayAsk = true
  expect((await world.ask('/')).status).toBe(200)
})

test('browsers that are not let in are told so only so often, and stand in nobody’s way who is', async () => {
  let left = 3
  await using world = await proxyWorld({ machine: tell(), stranger: () => --left >= 0 })
  const stranger = () => ask(world.port, world.host, '/', {})
  for (let n = 0; n < 3; n += 1) expect((await stranger()).status).toBe(403)
  const refused = await stranger()
  expect([refused.status, refused.headers['retry-after'], refused.headers.connection]).toEqual([429, '1', 'close'])
  expect(code(refused.body)).toBe('too_many_requests_from_address')
  const guess = await ask(world.port, world.host, `/.sallyport/enter?code=${'a'.repeat(43)}`, {})
  expect(code(guess.body)).toBe('too_many_requests_from_address')
  expect((await world.ask('/')).status).toBe(200)
})
