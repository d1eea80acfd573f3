import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalPath } from './canonical-path.ts'
import { isRefusal } from './refusal.ts'

const origin = 'http://hmi-abcdefghijklmnopqrstuvwxyz.machines.localhost:8443'
const judge = (target: string) => canonicalPath(target, { origin, maxBytes: 8192 })

test.each([
  ['/', '/', '/'],
  ['/a/b.c?x=%2e%2e/../%00&y=\\', '/a/b.c', '/a/b.c?x=%2e%2e/../%00&y=\\'],
  ['//a//b', '//a//b', '//a//b'],
  ['/a;b=c', '/a;b=c', '/a;b=c'],
  ['/a%20b/%C3%A4/%252e', '/a%20b/%C3%A4/%252e', '/a%20b/%C3%A4/%252e'],
  ['/...a/b..', '/...a/b..', '/...a/b..'],
  [`${origin}/x?y`, '/x', '/x?y'],
  [origin, '/', '/'],
  [`${origin}?q`, '/', '/?q'],
])('%s is judged as %s and sent as %s', (target, path, sent) => {
  expect(judge(target)).toEqual({ path, sent, reserved: false })
})

test.each([
  '',
  '*',
  'a',
  '/a/../b',
  '/a/..',
  '/./a',
  '/.',
  '/a/%2e%2e/b',
  '/a/%2E/b',
  '/a%2fb',
  '/a%5Cb',
  '/a\\b',
  '/a%00',
  '/a%0d%0ab',
  '/a%7f',
  '/a%',
  '/a%zz',
  '/a%4',
  '/a b',
  '/a#b',
  '/ä',
  '/a\x00',
  '/a\r\nb',
  '/a?\x7f',
  '/a?ü',
  'http://evil.example/x',
  `${origin}.evil/x`,
  `${origin}@evil/x`,
  `${origin}1/x`,
  'http://user@hmi-x.machines.localhost/',
  'evil.example:80',
  `/${'a'.repeat(9_000)}`,
  '/a?b#c',
])('%j is refused', (target) => {
  expect(judge(target)).toMatchObject({ refused: true })
})

test.each(['/.sallyport/enter', '/.sallyport', '/.SALLYPORT/x', '//.sallyport/enter', '/.sallyport;a/enter'])('%s is ours', (target) => {
  expect(judge(target)).toMatchObject({ reserved: true })
})

test('what is judged is a prefix of what is sent, and a URL parser reads the same path', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('/', '.', '%', '2', 'e', 'f', '5', 'c', '?', ';', '\\', 'a', '#'), maxLength: 12 }),
      (tail) => {
        const read = judge(`/${tail}`)
        if (isRefusal(read)) return
        expect(read.sent.startsWith(read.path)).toBe(true)
        expect(new URL(`http://x${read.sent}`).pathname).toBe(read.path)
      },
    ),
    { numRuns: 2_000 },
  )
})
