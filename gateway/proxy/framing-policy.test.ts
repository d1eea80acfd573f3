import { expect, test } from 'vitest'
import { framingPolicy } from './framing-policy.ts'

const bar = 'https://bar-abcdefghijklmnopqrstuvwxyz.machines.example.net'
const csp = 'content-security-policy'
const ours = [csp, `frame-ancestors 'self' ${bar}`]
const itselfAlone = [csp, `frame-ancestors ${bar}`]

test('where a machine says nothing, nobody but its bar and its own pages may have its page in a frame', () => {
  expect(framingPolicy(['content-type', 'text/html'], bar)).toEqual(['content-type', 'text/html', ...ours])
  expect(framingPolicy([], null)).toEqual([csp, "frame-ancestors 'self'"])
})

test.each([
  ["frame-ancestors 'none'", `frame-ancestors ${bar}`],
  ['frame-ancestors', `frame-ancestors ${bar}`],
  ["frame-ancestors 'self'", `frame-ancestors 'self' ${bar}`],
  ['Frame-Ancestors *', `frame-ancestors 'self' ${bar}`],
  ['frame-ancestors https://hmi.example https:', `frame-ancestors 'self' ${bar}`],
  ['frame-ancestors https://hmi.example *.hmi.example', `frame-ancestors ${bar}`],
  ["default-src 'self' ;  frame-ancestors\t'none' ;img-src *", `default-src 'self' ; frame-ancestors ${bar};img-src *`],
  ["frame-ancestors 'none'; frame-ancestors *", `frame-ancestors ${bar}; frame-ancestors *`],
  ["img-src *, frame-ancestors 'none', frame-ancestors 'self'", `img-src *,frame-ancestors ${bar},frame-ancestors 'self' ${bar}`],
  ["script-src 'nonce-frame-ancestors'", "script-src 'nonce-frame-ancestors'"],
])('the policy %j becomes %j', (said, becomes) => {
  expect(framingPolicy([csp, said], bar)).toEqual([csp, becomes, ...ours])
  expect(framingPolicy([`${csp}-report-only`, said], bar)).toEqual([`${csp}-report-only`, becomes, ...ours])
  expect(framingPolicy([csp, said], null)).toEqual([csp, said, csp, "frame-ancestors 'self'"])
})

test.each([
  [['DENY'], itselfAlone],
  [[' deny '], itselfAlone],
  [['SAMEORIGIN'], []],
  [['SAMEORIGIN', 'sameorigin'], []],
  [['DENY, SAMEORIGIN'], itselfAlone],
  [['SAMEORIGIN', 'ALLOW-FROM https://hmi.example'], itselfAlone],
  [['ALLOW-FROM https://hmi.example'], []],
  [['ALLOWALL'], []],
  [['nonsense', 'more nonsense'], []],
  [[''], []],
])('X-Frame-Options %j are gone, and mean what they meant for pages of its own', (values, means) => {
  const raw = values.flatMap((value) => ['x-frame-options', value])
  expect(framingPolicy(raw, bar)).toEqual([...means, ...ours])
  expect(framingPolicy(raw, null)).toEqual([...raw, csp, "frame-ancestors 'self'"])
})

test('a policy that says something of frames makes X-Frame-Options mean nothing; one that only reports does not', () => {
  expect(framingPolicy(['x-frame-options', 'DENY', csp, "frame-ancestors 'self'"], bar)).toEqual([...ours, ...ours])
  expect(framingPolicy(['x-frame-options', 'DENY', csp, 'img-src *'], bar)).toEqual([csp, 'img-src *', ...itselfAlone, ...ours])
  const reported = [`${csp}-report-only`, "frame-ancestors 'none'"]
  expect(framingPolicy([...reported, 'x-frame-options', 'DENY'], bar)).toEqual([
    `${csp}-report-only`,
    `frame-ancestors ${bar}`,
    ...itselfAlone,
    ...ours,
  ])
})
