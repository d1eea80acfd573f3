import { expect, test } from 'vitest'
import type { RequestRule } from '../decisions/decision-result.ts'
import { canonicalPath } from './canonical-path.ts'
import { ambiguousUnderRules, deniedByRule } from './denied-by-rule.ts'
import { isRefusal } from './refusal.ts'

const rules: RequestRule[] = [
  { effect: 'deny', methods: ['*'], path: '/admin/*' },
  { effect: 'deny', methods: ['POST', 'DELETE'], path: '/firmware' },
  { effect: 'deny', methods: ['GET'], path: '/Secret%20file' },
]

test.each([
  ['GET', '/admin/x', true],
  ['GET', '/admin/', true],
  ['GET', '/ADMIN/x', true],
  ['GET', '/%61dmin/x', true],
  ['GET', '//admin//x', true],
  ['GET', '/admin', false],
  ['GET', '/administrator', false],
  ['GET', '/x/admin/', false],
  ['POST', '/firmware', true],
  ['POST', '/firmware/', true],
  ['POST', '/firmware//', true],
  ['DELETE', '/Firmw%41re', true],
  ['GET', '/firmware', false],
  ['POST', '/firmware/notes', false],
  ['GET', '/secret file', true],
  ['HEAD', '/secret%20file', true],
  ['POST', '/secret%20file', false],
])('%s %s is denied: %s', (method, path, denied) => {
  expect(deniedByRule(rules, method, path)).toBe(denied)
})

test('no other spelling of a path leads round a rule', () => {
  const spellings = [
    '/a/../admin/x',
    '/./admin/x',
    '/%2e/admin/x',
    '/admin%2fx',
    '/admin\\x',
    '/admin;y/x',
    '/%2561dmin/x',
    '/admin%3bx/y',
    '/admin%00/x',
    '/%c0%ae/admin/x',
  ]
  for (const spelling of spellings) {
    const read = canonicalPath(spelling, { origin: 'http://x', maxBytes: 100 })
    const stopped = isRefusal(read) || ambiguousUnderRules(read.path) || deniedByRule(rules, 'GET', read.path)
    // Overlong UTF-8 is no dot to any decoder since 2000; it names a path of its own.
    expect([spelling, stopped]).toEqual([spelling, spelling !== '/%c0%ae/admin/x'])
  }
})

test('invalid escapes of UTF-8 do not stop the judgement', () => {
  expect(deniedByRule([{ effect: 'deny', methods: ['*'], path: '/*' }], 'GET', '/%ff%fe')).toBe(true)
})
