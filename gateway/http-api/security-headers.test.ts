import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { InjectOptions } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rawBrowser } from '../proxy/testing/raw-browser.ts'
import { apiWorld, type Actor, type ApiWorld } from './testing/api-world.ts'

let pagesDir: string
let world: ApiWorld
beforeAll(async () => {
  pagesDir = await mkdtemp(join(tmpdir(), 'pages-'))
  await mkdir(join(pagesDir, 'assets'))
  await writeFile(join(pagesDir, 'index.html'), '<!doctype html><style nonce="__CSP_NONCE__"></style><meta content="__CSP_NONCE__">')
  await writeFile(join(pagesDir, 'assets', 'portal-1a2b.js'), 'export {}')
  await writeFile(join(pagesDir, 'secret.json'), '{"not": "an asset"}')
  world = await apiWorld({ pagesDir })
})
afterAll(async () => {
  await world[Symbol.asyncDispose]()
  await rm(pagesDir, { recursive: true, force: true })
})

const always = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
}

const answers: readonly (readonly [string, Actor, InjectOptions, number])[] = [
  ['an answer', 'administrator', { url: '/api/v1/people' }, 200],
  ['a description', 'nobody', { url: '/api/v1/openapi.json' }, 200],
  ['a file of text', 'nobody', { url: '/api/v1/ca.pem' }, 200],
  ['somebody unknown', 'nobody', { url: '/api/v1/me' }, 401],
  ['somebody who may not', 'technician', { url: '/api/v1/people' }, 403],
  ['a page of somebody else', 'nobody', { url: '/api/v1/me', headers: { 'sec-fetch-site': 'cross-site' } }, 403],
  ['bad input', 'administrator', { url: '/api/v1/people?limit=many' }, 400],
  ['an address that is none', 'nobody', { url: '/api/v1/machines/%zz' }, 400],
  ['an id that is too long', 'administrator', { url: `/api/v1/machines/${'a'.repeat(20_000)}` }, 400],
  ['nothing there', 'nobody', { url: '/api/v1/nothing' }, 404],
  ['nothing there for a page', 'nobody', { url: '/nothing.js', headers: { accept: '*/*' } }, 404],
  ['a wrong method', 'administrator', { method: 'PUT', url: '/api/v1/me' }, 404],
  ['OPTIONS', 'administrator', { method: 'OPTIONS', url: '/api/v1/me' }, 404],
  ['HEAD', 'administrator', { method: 'HEAD', url: '/api/v1/me' }, 404],
  ['a type that is not taken', 'administrator', { method: 'POST', url: '/api/v1/organisations', payload: 'x' }, 415],
  [
    'a body that is too large',
    'administrator',
    { method: 'POST', url: '/api/v1/organisations', payload: { name: 'x'.repeat(300_000) } },
    413,
  ],
  ['a leap to sign-in', 'nobody', { url: '/auth/sign-in' }, 303],
  ['a failed sign-in', 'nobody', { url: '/auth/callback' }, 303],
  ['an asset', 'nobody', { url: '/assets/portal-1a2b.js' }, 200],
  ['an asset that is not there', 'nobody', { url: '/assets/none.js' }, 404],
  ['a way out of the assets', 'nobody', { url: '/assets/..%2fsecret.json' }, 404],
  ['the first page for curl', 'nobody', { url: '/', headers: { accept: '*/*' } }, 200],
  ['the first page for a program', 'nobody', { url: '/', headers: { accept: 'application/json' } }, 404],
  ['a page', 'nobody', { url: '/machines/press-1', headers: { accept: 'text/html' } }, 200],
]

describe('the security headers', () => {
  it.each(answers)('are on %s', async (_what, actor, request, status) => {
    const answer = await world.send(actor, request)
    expect(answer.statusCode).toBe(status)
    expect(answer.headers).toMatchObject(always)
    const policy = String(answer.headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).toContain("base-uri 'none'")
    expect(policy).not.toMatch(/unsafe|\*|https?:/)
    expect(answer.headers['cross-origin-opener-policy']).toMatch(/^same-origin/)
    const forEver = request.url === '/assets/portal-1a2b.js'
    expect(answer.headers['cache-control']).toBe(forEver ? 'public, max-age=31536000, immutable' : 'no-store')
    expect(answer.headers).not.toHaveProperty('x-powered-by')
    if (status >= 400) {
      expect(answer.headers['content-type']).toBe('application/problem+json')
      if (request.method !== 'HEAD') expect(answer.json()).toMatchObject({ type: 'about:blank', status, id: expect.any(String) as string })
    }
  })

  it('are on an event stream', async () => {
    const enough = new AbortController()
    const options = { headers: world.headersOf('technician'), signal: enough.signal }
    const { status, headers } = await fetch(`${await world.listen()}/api/v1/events`, options)
    enough.abort()
    expect(status).toBe(200)
    expect(Object.fromEntries(headers)).toMatchObject({ ...always, 'cache-control': 'no-store', 'content-type': 'text/event-stream' })
  })

  it('give each page a nonce of its own, in the policy and in the page alike', async () => {
    const page = async () => {
      const { headers, body } = await world.send('nobody', { url: '/', headers: { accept: 'text/html' } })
      const nonce = /style-src 'self' 'nonce-([\w-]{22})'/.exec(String(headers['content-security-policy']))?.[1]
      expect(body).toBe(`<!doctype html><style nonce="${nonce}"></style><meta content="${nonce}">`)
      return nonce
    }
    expect(await page()).not.toBe(await page())
  })

  it('ask for TLS only where there is TLS', async () => {
    await using plain = await apiWorld({ portalOrigin: 'http://sallyport.localhost:8080' })
    const answer = await plain.send('nobody', { url: '/api/v1/me' })
    expect(answer.headers).not.toHaveProperty('strict-transport-security')
    expect(answer.headers).toMatchObject({ 'x-content-type-options': 'nosniff' })
  })

  it('set cookies that no other host and no script can have', async () => {
    const { headers } = await world.send('nobody', { url: '/auth/sign-in' })
    expect(headers['set-cookie']).toMatch(/^__Host-sallyport-sign-in=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
  })
})

describe('an address', () => {
  it.each(['TRACE', 'PROPFIND', 'LOCK', 'QUERY'])('is not there for %s', async (method) => {
    const browser = await rawBrowser(Number(new URL(await world.listen()).port))
    browser.send(`${method} /api/v1/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    const answer = await browser.closed()
    expect(answer).toMatch(/^HTTP\/1\.1 40[04] /)
    expect(answer).toMatch(/x-content-type-options: nosniff/)
    expect(answer).toMatch(/application\/problem\+json/)
  })

  it.each([
    '/api/v1/machines/..',
    '/api/v1/machines/%2e%2e',
    '/api/v1/machines/%2e%2e%2fpeople',
    '/api/v1//people',
    '/api/v1/people/',
    '/API/v1/people',
    '/api/v1/people;x=1',
    '/api/v1/people%00',
    '/api/v1/people%2f',
    '//api/v1/people',
    '/x/../api/v1/people',
    '/api/v1/machines/\xff',
  ])('%s opens nothing to a technician', async (path) => {
    const browser = await rawBrowser(Number(new URL(await world.listen()).port))
    const { cookie } = world.headersOf('technician')
    browser.send(Buffer.from(`GET ${path} HTTP/1.1\r\nHost: x\r\nCookie: ${cookie}\r\nAccept: */*\r\nConnection: close\r\n\r\n`, 'latin1'))
    expect(await browser.closed()).toMatch(/^HTTP\/1\.1 (?:400|403|404) /)
  })
})
