import { expect, test } from 'vitest'
import { requestHeaders } from './request-headers.ts'

const origin = 'http://hmi-x.machines.localhost'
const build = (raw: string[], more: Partial<Parameters<typeof requestHeaders>[0]> = {}) =>
  requestHeaders({ rawHeaders: raw, origin, cookie: '', ruled: false, maxBytes: 32_768, maxPairs: 128, ...more })

test('what a machine needs passes as it came', () => {
  const raw = [
    'Accept',
    'text/html',
    'X-CSRF-Token',
    't',
    'X-Auth-Token',
    'own',
    'X-Client-Id',
    'own',
    'Authorization',
    'Basic x',
    'X-Requested-With',
    'XMLHttpRequest',
    'Range',
    'bytes=0-1',
    'If-None-Match',
    '"a"',
    'Content-Type',
    'text/plain',
    'Accept-Language',
    'de',
    'Sec-Fetch-Site',
    'same-origin',
  ]
  expect(build(raw)).toEqual(['host', 'sallyport.invalid', ...raw.map((text, at) => (at % 2 === 0 ? text.toLowerCase() : text))])
})

test.each([
  'X-Forwarded-For',
  'X-Forwarded-Host',
  'X-Forwarded-Proto',
  'X-Forwarded',
  'X-Forwarded-User',
  'Forwarded',
  'Via',
  'X-Real-IP',
  'X_Real_IP',
  'X.Real.IP',
  'x_forwarded_for',
  'Remote-User',
  'Remote-Groups',
  'Client-IP',
  'WL-Proxy-Client-IP',
  'Fastly-Client-IP',
  'X-Original-Forwarded-For',
  'X-Auth-Request-Email',
  'X-Authentik-Username',
  'X-Pomerium-Claim-Email',
  'Tailscale-User-Login',
  'X-Envoy-External-Address',
  'X-Amzn-Oidc-Data',
  'X-Goog-Authenticated-User-Email',
  'X-MS-Client-Principal-Name',
  'X-Remote-User',
  'X-Client-IP',
  'X-Client-Cert',
  'True-Client-IP',
  'CF-Connecting-IP',
  'X-Original-URL',
  'X-Rewrite-URL',
  'Sallyport-Session',
  'sallyport_session',
  'sallyport-agent-error',
  'Connection',
  'Keep-Alive',
  'TE',
  'Trailer',
  'Transfer-Encoding',
  'Upgrade',
  'Proxy-Authorization',
  'Proxy-Connection',
  'HTTP2-Settings',
  'Expect',
  'Cookie',
  'Content-Length',
  'Sec-WebSocket-Key',
  'Host',
  'Origin',
  'Referer',
  '-x',
  '__proto__',
])('%s does not pass', (name) => {
  expect(build([name, 'evil'])).toEqual(['host', 'sallyport.invalid'])
})

test('a header that Connection names does not pass, and cannot take away what we set', () => {
  expect(build(['Connection', 'X-Secret, cookie', 'Connection', 'host', 'X-Secret', 'a', 'X-Other', 'b'], { cookie: 'a=b' })).toEqual([
    'host',
    'sallyport.invalid',
    'x-other',
    'b',
    'cookie',
    'a=b',
  ])
})

test("Origin and Referer of our own page become the machine's, others are dropped", () => {
  expect(build(['Origin', origin, 'Referer', `${origin}/a?b`])).toEqual([
    'host',
    'sallyport.invalid',
    'origin',
    'http://sallyport.invalid',
    'referer',
    'http://sallyport.invalid/a?b',
  ])
  expect(build(['Origin', 'null', 'Referer', `${origin}.evil/a`])).toEqual(['host', 'sallyport.invalid'])
})

test('an override of the method passes only where no rules judge the method', () => {
  expect(build(['X-HTTP-Method-Override', 'DELETE'])).toContain('x-http-method-override')
  expect(build(['X-HTTP-Method-Override', 'DELETE'], { ruled: true })).toEqual(['host', 'sallyport.invalid'])
})

test.each([
  ['a header twice', ['Authorization', 'a', 'authorization', 'b'], 400],
  ['a control character', ['X-A', 'a\x01b'], 400],
])('%s is refused', (_, raw, status) => {
  expect(build(raw)).toMatchObject({ refused: true, status })
})

test('128 fields pass, and one more does not', () => {
  const fields = (count: number): string[] => Array.from({ length: count }, (_, n) => [`x-${n}`, 'y']).flat()
  expect(build(fields(128))).toHaveLength(2 + 2 * 128)
  expect(build(fields(129))).toMatchObject({ refused: true, status: 431, code: 'too_many_headers' })
})

test('32 KiB of fields pass, and one byte more does not', () => {
  // Each costs its name, its value, a colon, a space and the end of its line.
  const field = (bytes: number): string[] => ['x-a', 'a'.repeat(bytes - 'x-a: \r\n'.length)]
  expect(build(field(32_768))).toHaveLength(2 + 2)
  expect(build(field(32_769))).toMatchObject({ refused: true, status: 431, code: 'headers_too_long' })
})
