import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { burstSeconds } from '../basics/request-paces.ts'
import { rawBrowser } from '../proxy/testing/raw-browser.ts'
import { demandAccessCheck, requireRole } from './signed-in.ts'
import { apiWorld, type ApiWorld } from './testing/api-world.ts'

let world: ApiWorld
beforeEach(async () => {
  world = await apiWorld()
})
afterEach(() => world[Symbol.asyncDispose]())

const port = async (): Promise<number> => Number(new URL(await world.listen()).port)

function head(length: string): string {
  const { cookie, 'sallyport-csrf': csrf } = world.headersOf('administrator')
  const lines = [
    'POST /api/v1/organisations HTTP/1.1',
    'host: x',
    `cookie: ${cookie}`,
    `sallyport-csrf: ${csrf}`,
    'content-type: application/json',
  ]
  return `${[...lines, length].join('\r\n')}\r\n\r\n`
}

describe('a body', () => {
  it('that does not come within 30 s is told so, and takes its connection with it', async () => {
    const slow = await rawBrowser(await port())
    slow.send(`${head('content-length: 100')}{"name`)
    await expect.poll(() => world.requests()).toBe(1)
    world.clock.advance(29_999)
    slow.send('"')
    const other = await rawBrowser(await port())
    other.send('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
    await other.closed()
    expect(slow.socket.destroyed).toBe(false)
    world.clock.advance(1)
    expect(await slow.closed()).toMatch(/^HTTP\/1\.1 408 [^]*did not come within 30 seconds/)
  })

  it('that came in time leaves no timer behind', async () => {
    const quick = await rawBrowser(await port())
    quick.send(`${head('content-length: 16')}{"name": "Acme"}`)
    expect(await quick.until('}')).toMatch(/^HTTP\/1\.1 201 /)
    world.clock.advance(60_000)
    quick.send('GET /api/v1/me HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
    expect(await quick.closed()).toMatch(/HTTP\/1\.1 401 /)
  })

  it.each([
    ['that says how large it is', 'content-length: 1000000000'],
    ['that does not', 'transfer-encoding: chunked'],
  ])('of a gigabyte %s is refused at the first bytes too many', async (_what, length) => {
    const large = await rawBrowser(await port())
    large.send(head(length))
    const chunk = Buffer.alloc(64 * 1024, 'x')
    if (length.startsWith('transfer'))
      for (let n = 0; n < 5; n += 1) large.send(Buffer.concat([Buffer.from('10000\r\n'), chunk, Buffer.from('\r\n')]))
    const answer = await large.until('}')
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(answer).toMatch(/"title":"The body is too large: this request takes 262,144 bytes at most\.".*"code":"too_large"/)
  })

  it('with a thousand mistakes is answered in a few kilobytes', async () => {
    const roles = Array.from({ length: 100_000 }, () => [])
    const { statusCode, body } = await world.send('administrator', {
      method: 'POST',
      url: '/api/v1/people',
      payload: { roles: roles.slice(0, 50_000) },
    })
    expect(statusCode).toBe(400)
    expect(body.length).toBeLessThan(16_000)
  })
})

describe('a route of the API', () => {
  const route = { method: 'GET', url: '/api/v1/new', handler: () => '' } as const

  it('that asks for no sign-in is not served, unless it says that it is open', () => {
    expect(() => demandAccessCheck(route)).toThrow(/GET \/api\/v1\/new asks for no sign-in/)
    expect(() => demandAccessCheck({ ...route, onRequest: [requireRole('auditor')] })).toThrow(/asks for no sign-in/)
    expect(() => demandAccessCheck({ ...route, onRequest: [async () => {}] })).toThrow(/asks for no sign-in/)
    expect(() => demandAccessCheck({ ...route, config: { open: true } })).not.toThrow()
  })
})

describe('an error that nobody foresaw', () => {
  it('is a 500 with an id that the log has too, and without its text', async () => {
    world.storage.people.list = async () => {
      throw new TypeError('SELECT secret FROM persons at /srv/gateway.sqlite')
    }
    const answer = await world.send('administrator', { method: 'GET', url: '/api/v1/people' })
    expect(answer.statusCode).toBe(500)
    expect(answer.json()).toMatchObject({ code: 'internal_error', id: expect.stringMatching(/^[0-9a-f]{16}$/) as string })
    expect(answer.body).not.toMatch(/SELECT|secret|TypeError|srv|at /)
    const { id } = answer.json<{ id: string }>()
    expect(world.logged).toContainEqual(expect.objectContaining({ level: 'error', problem: id }))
    expect(answer.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'content-type': 'application/problem+json' })
  })
})

describe('requests a second', () => {
  const paces = { strangerRequestsPerSecond: 1, portalRequestsPerSecond: 2, machineRequestsPerSecond: 1 }
  const me = { method: 'GET', url: '/api/v1/me' } as const

  it('of strangers are bounded by their address: at the API, at pages, at sign-in, and where nothing is', async () => {
    await using throttled = await apiWorld({ paces: { ...paces, strangerRequestsPerSecond: 1 } })
    const remoteAddress = '203.0.113.5'
    const urls = ['/api/v1/me', '/', '/nowhere', '/api/v1/openapi.json', '/auth/callback']
    for (let n = 0; n < burstSeconds; n += 1) {
      const { statusCode } = await throttled.send('nobody', { method: 'GET', url: urls[n % urls.length] ?? '', remoteAddress })
      expect(statusCode).not.toBe(429)
    }
    for (const url of urls) {
      const refused = await throttled.send('nobody', { method: 'GET', url, remoteAddress })
      expect([refused.statusCode, refused.headers['retry-after'], refused.json()], url).toMatchObject([
        429,
        '1',
        { code: 'too_many_requests_from_address' },
      ])
    }
    // A plant stands behind one address: who is signed in is let in, also to what anybody may ask for (IAC-3).
    for (const url of ['/api/v1/me', '/api/v1/openapi.json'])
      expect((await throttled.send('technician', { method: 'GET', url, remoteAddress })).statusCode, url).toBe(200)
    expect((await throttled.send('nobody', { ...me, remoteAddress: '203.0.113.6' })).statusCode).toBe(401)
    throttled.clock.advance(1_000)
    expect((await throttled.send('nobody', { ...me, remoteAddress })).statusCode).toBe(401)
  })

  it('of a person are bounded by who he is, from wherever he asks', async () => {
    await using throttled = await apiWorld({ paces })
    for (let n = 0; n < 2 * burstSeconds; n += 1)
      expect((await throttled.send('technician', { ...me, remoteAddress: `203.0.113.${n}` })).statusCode).toBe(200)
    const refused = await throttled.send('technician', me)
    expect([refused.statusCode, refused.headers['retry-after'], refused.json()]).toMatchObject([429, '1', { code: 'too_many_requests' }])
    expect((await throttled.send('administrator', me)).statusCode).toBe(200)
    throttled.clock.advance(500)
    expect((await throttled.send('technician', me)).statusCode).toBe(200)
  })
})
