import { expect, test } from 'vitest'
import { matchPath, matchRequestRules } from './match-request-rules.ts'

test.each([
  ['/a', '/a', true],
  ['/a', '/A', false],
  ['/a/*', '/a/b', true],
  ['/a/*', '/a/b/c', false],
  ['/a/*', '/a/', true],
  ['/a/**', '/a/b/c', true],
  ['/a/**', '/a', false],
  ['/**.js', '/x/y.js', true],
  ['/**.js', '/x/y.css', false],
  ['/*/b', '/a/b', true],
  ['/*/b', '/a/c/b', false],
  ['/a.b', '/axb', false],
  ['/a?', '/a', false],
  ['**', '/', true],
  ['', '/', false],
])('%s against %s is %s', (pattern, path, matches) => {
  expect(matchPath(pattern, path)).toBe(matches)
})

test('one rule must match both method and path, and a path with parameters matches none', () => {
  const rules = [
    { methods: ['GET', 'HEAD'], paths: ['/**'] },
    { methods: ['*'], paths: ['/api/*'] },
  ]
  expect(matchRequestRules(rules, 'GET', '/x')).toBe(true)
  expect(matchRequestRules(rules, 'POST', '/x')).toBe(false)
  expect(matchRequestRules(rules, 'POST', '/api/x')).toBe(true)
  expect(matchRequestRules(rules, 'POST', '/api/..;/x')).toBe(false)
  expect(matchRequestRules([], 'GET', '/')).toBe(false)
})

test('a pattern full of wildcards takes no time', () => {
  const before = performance.now()
  expect(matchPath(`${'**a'.repeat(60)}b`, '/a'.repeat(2_000))).toBe(false)
  expect(performance.now() - before).toBeLessThan(1_000)
})
