import { expect, test } from 'vitest'
import { createMachineCookies } from './machine-cookies.ts'
import { responseHeaders } from './response-headers.ts'

const origin = 'https://hmi-x.machines.example.net'
const build = (raw: string[], status = 200) => responseHeaders({ raw, status, origin, cookies: createMachineCookies(), bar: null })
const ancestors = ['content-security-policy', "frame-ancestors 'self'"]

test("the machine's headers pass, and a policy against foreign frames is added beside its own", () => {
  const raw = [
    'Content-Type',
    'text/html',
    'ETag',
    '"a"',
    'Content-Security-Policy',
    "default-src 'self'",
    'Clear-Site-Data',
    '"storage"',
    'Cross-Origin-Opener-Policy',
    'same-origin',
    'Content-Disposition',
    'attachment; filename="ä"',
  ]
  expect(build(raw).headers).toEqual([...raw.map((text, at) => (at % 2 === 0 ? text.toLowerCase() : text)), ...ancestors])
})

test.each([
  'Strict-Transport-Security',
  'Public-Key-Pins',
  'Alt-Svc',
  'NEL',
  'Report-To',
  'Service-Worker-Allowed',
  'Connection',
  'Keep-Alive',
  'Transfer-Encoding',
  'Trailer',
  'Upgrade',
  'Proxy-Authenticate',
  'Sallyport-Agent-Error',
  'sallyport-x',
  'X-Accel-Redirect',
  'X-Sendfile',
  'Set_Cookie',
  'Set-Cookie2',
])('%s does not pass', (name) => {
  expect(build([name, 'x']).headers).toEqual(ancestors)
})

test('values with control characters do not pass, nor what Connection names, but the length and the policy stay', () => {
  expect(
    build([
      'X-A',
      'a\rb',
      'X-B',
      'c\nd',
      'Connection',
      'X-C, Content-Length, Content-Security-Policy',
      'X-C',
      'e',
      'Content-Length',
      '3',
      'Content-Security-Policy',
      'x',
    ]).headers,
  ).toEqual(['content-length', '3', 'content-security-policy', 'x', ...ancestors])
})

test.each([
  ['"cookies"', undefined],
  ['"cookies", "storage"', '"storage"'],
  ['"Cookies" ,"cache","executionContexts"', '"cache", "executionContexts"'],
  ['"*"', '"cache", "storage"'],
  ['"*", "cookies", "storage"', '"cache", "storage"'],
  ['cookies', undefined],
])('a machine that clears %s clears nothing of its siblings: %s', (value, passed) => {
  expect(build(['Clear-Site-Data', value]).headers).toEqual([...(passed === undefined ? [] : ['clear-site-data', passed]), ...ancestors])
})

test.each([
  ['Location', 'http://sallyport.invalid/a?b', `${origin}/a?b`],
  ['Location', 'http://sallyport.invalid', origin],
  ['Location', '/relative', '/relative'],
  ['Location', 'http://sallyport.invalid.evil/', 'http://sallyport.invalid.evil/'],
  ['Location', 'https://elsewhere.example/', 'https://elsewhere.example/'],
  ['Content-Location', 'http://sallyport.invalid/x', `${origin}/x`],
  ['Refresh', '5; url=http://sallyport.invalid/x', `5; url=${origin}/x`],
  ['Refresh', '5; URL="http://sallyport.invalid/x"', `5; URL="${origin}/x"`],
  ['Refresh', '5', '5'],
])('%s %s becomes %s', (name, before, after) => {
  expect(build([name, before]).headers).toEqual([name.toLowerCase(), after, ...ancestors])
})

test('it tells how the body is framed, and what the agent answered itself', () => {
  expect(build(['content-length', '1'])).toMatchObject({ framed: true, contentLengths: 1, agentError: undefined })
  expect(build(['transfer-encoding', 'chunked'])).toMatchObject({ framed: true })
  expect(build(['transfer-encoding', 'gzip'])).toMatchObject({ framed: false })
  expect(build(['sallyport-agent-error', 'no_approval'])).toMatchObject({ framed: false, agentError: 'no_approval' })
  expect(build(['content-length', '5'], 204).headers).toEqual(ancestors)
})
