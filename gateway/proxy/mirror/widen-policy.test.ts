import { describe, expect, it } from 'vitest'
import { widenPolicies } from './widen-policy.ts'

const script = 'https://hmi-x.machines.example/.sallyport/recorder-1.js'
const socket = 'wss://hmi-x.machines.example/.sallyport/record'
const header = 'content-security-policy'
const widened = (...policies: string[]) =>
  widenPolicies(
    policies.flatMap((policy) => [header, policy]),
    { script, socket, newNonce: () => 'NEW' },
  )
const one = (policy: string): unknown => {
  const made = widened(policy)
  return made === 'sandboxed' ? made : { policy: made.headers[1], nonce: made.nonce }
}

describe('a policy is widened by as little as works', () => {
  it.each([
    ["frame-ancestors 'self'", "frame-ancestors 'self'", undefined],
    ["  img-src 'self' ;; ", "  img-src 'self' ;; ", undefined],
    ['', '', undefined],
    ["default-src 'none'", `default-src 'none'; script-src-elem ${script}; connect-src ${socket}`, undefined],
    [
      "default-src 'self' https:",
      `default-src 'self' https:; script-src-elem 'self' https: ${script}; connect-src 'self' https: ${socket}`,
      undefined,
    ],
    ["script-src 'self'", `script-src 'self' ${script}`, undefined],
    ['script-src', `script-src ${script}`, undefined],
    ["Script-Src 'NONE'", `script-src ${script}`, undefined],
    ["script-src 'unsafe-inline'; script-src-elem 'none'", `script-src 'unsafe-inline'; script-src-elem ${script}`, undefined],
    ["connect-src 'none'; script-src *", `connect-src ${socket}; script-src * ${script}`, undefined],
    ["script-src 'unsafe-inline'; script-src 'none'", `script-src 'unsafe-inline' ${script}; script-src 'none'`, undefined],
    ["script-src 'nonce-abc'", `script-src 'nonce-abc' ${script}`, undefined],
    ["script-src 'nonce-abc' 'strict-dynamic'", "script-src 'nonce-abc' 'strict-dynamic'", 'abc'],
    ["script-src 'sha256-aaa=' 'Strict-Dynamic'", "script-src 'sha256-aaa=' 'Strict-Dynamic' 'nonce-NEW'", 'NEW'],
    [
      "default-src 'strict-dynamic' 'nonce-a+/='",
      `default-src 'strict-dynamic' 'nonce-a+/='; connect-src 'strict-dynamic' 'nonce-a+/=' ${socket}`,
      'a+/=',
    ],
    [`script-src ${script}; connect-src ${socket}`, `script-src ${script}; connect-src ${socket}`, undefined],
    [
      "default-src 'self', script-src 'none'",
      `default-src 'self'; script-src-elem 'self' ${script}; connect-src 'self' ${socket},script-src ${script}`,
      undefined,
    ],
  ])('%s', (policy, wider, nonce) => expect(one(policy)).toEqual({ policy: wider, nonce }))

  it('of two that each take nonces alone, by one nonce for both', () => {
    expect(widened("script-src 'strict-dynamic' 'sha256-a'", "script-src 'strict-dynamic' 'nonce-page'")).toEqual({
      headers: [header, "script-src 'strict-dynamic' 'sha256-a' 'nonce-page'", header, "script-src 'strict-dynamic' 'nonce-page'"],
      nonce: 'page',
    })
  })

  it('never takes a nonce that could end its attribute', () => {
    expect(one(`script-src 'strict-dynamic' 'nonce-a"onload=x'`)).toEqual({
      policy: `script-src 'strict-dynamic' 'nonce-a"onload=x' 'nonce-NEW'`,
      nonce: 'NEW',
    })
  })

  it('leaves one that only reports as it is, and other headers', () => {
    const raw = ['content-security-policy-report-only', "default-src 'none'", 'x-frame-options', 'DENY']
    expect(widenPolicies(raw, { script, socket, newNonce: () => 'NEW' })).toEqual({ headers: raw, nonce: undefined })
  })

  it.each([
    ['sandbox', true],
    ['sandbox allow-scripts', true],
    ["default-src 'self', sandbox allow-same-origin", true],
    ['sandbox allow-scripts Allow-Same-Origin', false],
  ])('says whether it leaves a page no origin: %s', (policy, is) => expect(one(policy) === 'sandboxed').toBe(is))
})
