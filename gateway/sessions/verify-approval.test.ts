import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { requestDigest, type SessionRequest } from '../../agent/wire/session-request.ts'
import { deviceSigner, type DeviceSigner } from '../../test/support/device-signer.ts'
import { isCodedError } from '../basics/coded-error.ts'
import type { DeviceId } from '../basics/ids.ts'
import { verifyApproval, type ApprovalExpectation } from './verify-approval.ts'

const nowS = 1_790_000_000
const boot = 'b'.repeat(32)
const request: SessionRequest = {
  v: 1,
  kind: 'open',
  session: `ses_${'1'.repeat(32)}`,
  device: 'press-7',
  gateway: 'sallyport.example',
  technician: { id: `per_${'2'.repeat(32)}`, name: 'Mia', organisation: 'Acme', photo_sha256: null },
  services: ['hmi', 'files'],
  purpose: 'Ink',
  ticket: null,
  duration_s: 600,
  requested_at: nowS - 20,
  expires_at: nowS + 40,
  salt: 'c2FsdA==',
}
const claims = {
  iss: 'spiffe://sallyport.example/device/press-7',
  aud: 'sallyport.example',
  jti: '3'.repeat(32),
  boot,
  mode: 'attended',
  sid: request.session,
  sub: request.technician.id,
  services: ['hmi'],
  request_digest: requestDigest(request),
  operator: { name: 'Olga', proof: 'none' },
  iat: nowS,
  nbf: nowS,
  exp: nowS + 600,
}

describe('an approval', () => {
  let device: DeviceSigner
  let other: DeviceSigner
  let expected: ApprovalExpectation
  beforeAll(async () => {
    device = await deviceSigner()
    other = await deviceSigner()
    expected = {
      request,
      trustDomain: 'sallyport.example',
      deviceId: 'press-7' as DeviceId,
      certificatePem: device.certificatePem,
      boot,
      nowS,
      clockOffsetS: 0,
      previous: null,
    }
  })
  const check = async (change: object = {}, expectation: Partial<ApprovalExpectation> = {}): Promise<unknown> =>
    verifyApproval(await device.sign({ ...claims, ...change }), { ...expected, ...expectation }).catch((error: unknown) =>
      isCodedError(error) ? error.details['check'] : error,
    )

  it('that matches is taken with its stricter conditions', async () => {
    expect(await check({ exp: nowS + 300 })).toMatchObject({ operator: 'Olga', services: ['hmi'], expiresAt: nowS + 300, grantedAt: nowS })
  })

  it.each(['reconnect', 'planned', 'unattended'] as const)('counts where the machine lets in %s, and never for more time', async (mode) => {
    expect(await check({ mode })).toMatchObject({ mode, operator: 'Olga' })
    const more: SessionRequest = { ...request, kind: 'extend' }
    expect(await check({ mode, request_digest: requestDigest(more) }, { request: more })).toBe('mode')
  })

  it('of a device with an RSA key is PS256', async () => {
    const rsa = await deviceSigner('RSA')
    await expect(verifyApproval(await rsa.sign(claims), { ...expected, certificatePem: rsa.certificatePem })).resolves.toMatchObject({
      proof: 'none',
    })
  })

  it.each([
    ['iss', { iss: 'spiffe://sallyport.example/device/press-8' }],
    ['iss', { iss: 'spiffe://other.example/device/press-7' }],
    ['aud', { aud: 'other.example' }],
    ['sid', { sid: `ses_${'9'.repeat(32)}` }],
    ['sub', { sub: `per_${'9'.repeat(32)}` }],
    ['request_digest', { request_digest: requestDigest({ ...request, purpose: 'something else' }) }],
    ['boot', { boot: 'c'.repeat(32) }],
    ['claims', { mode: 'whatever' }],
    ['services', { services: ['hmi', 'shell'] }],
    ['services', { services: ['hmi', 'hmi'] }],
    ['services', { services: ['HMI'] }],
    ['claims', { services: [] }],
    ['claims', { jti: 'short' }],
    ['claims', { operator: { name: '', proof: 'none' } }],
    ['claims', { extra: true }],
    ['claims', { exp: nowS + 0.5 }],
    ['exp', { exp: nowS + 601 }],
    ['exp', { exp: nowS }],
    ['iat', { iat: nowS - 301, nbf: nowS - 301, exp: nowS }],
    ['iat', { iat: nowS + 301, exp: nowS + 400 }],
    ['nbf', { nbf: nowS + 1 }],
  ])('with another %s is worthless: %j', async (name, change) => {
    expect(await check(change)).toBe(name)
  })

  it.each<[string, Partial<SessionRequest>]>([
    ['ticket', { ticket: 'SR-4712' }],
    ['company', { technician: { ...request.technician, organisation: 'Acme Holding' } }],
    ['name', { technician: { ...request.technician, name: 'Max' } }],
    ['photo', { technician: { ...request.technician, photo_sha256: '0'.repeat(64) } }],
    ['duration', { duration_s: 601 }],
    ['purpose', { purpose: 'ink' }],
    ['list of services', { services: ['files', 'hmi'] }],
    ['machine', { device: 'press-8' }],
    ['time of asking', { requested_at: request.requested_at + 1 }],
    ['time to answer', { expires_at: request.expires_at + 1 }],
    ['salt', { salt: 'c2FsdB==' }],
  ])('of a request whose %s alone was another one is worthless', async (_what, change) => {
    expect(await check({ request_digest: requestDigest({ ...request, ...change }) })).toBe('request_digest')
  })

  it.each([
    ['another key', () => other.sign(claims)],
    [
      'a changed payload',
      async () =>
        (await device.sign(claims)).replace(/\.[^.]+\./, `.${Buffer.from(JSON.stringify({ ...claims, sub: 'x' })).toString('base64url')}.`),
    ],
    [
      'no signature',
      () =>
        Promise.resolve(
          `${Buffer.from('{"alg":"none","typ":"sallyport-approval+jwt"}').toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`,
        ),
    ],
    ['the certificate as an HMAC key', () => Promise.resolve(hmacJws(device.certificatePem))],
    ['garbage', () => Promise.resolve('not.a.jws')],
  ])('signed with %s is refused', async (_name, make) => {
    await expect(verifyApproval(await make(), expected)).rejects.toMatchObject({
      code: 'approval_invalid',
      details: { check: 'signature' },
    })
  })

  it.each([
    ['typ', { typ: 'JWT' }],
    ['x5t#S256', { 'x5t#S256': 'A'.repeat(43) }],
  ])('whose header has another %s was signed for another purpose', async (name, header) => {
    await expect(verifyApproval(await device.sign(claims, header), expected)).rejects.toMatchObject({ details: { check: name } })
  })

  it('that comes after the question is over does not count', async () => {
    expect(await check({}, { nowS: request.expires_at + 16 })).toBe('late')
  })

  it('never grants longer than was asked, however the machine’s clock is off', async () => {
    for (const clockOffsetS of [-200, 0, 200]) {
      const at = nowS + clockOffsetS
      const approval = await check({ iat: at, nbf: at, exp: at + 600 }, { clockOffsetS })
      expect((approval as { expiresAt: number }).expiresAt).toBe(nowS + 600)
    }
  })

  it('of an extension adds to the end that was signed before, and no more than was asked', async () => {
    const jws = await device.sign(claims)
    const previous = await verifyApproval(jws, expected)
    const more: SessionRequest = { ...request, kind: 'extend', duration_s: 300 }
    const digest = { request_digest: requestDigest(more) }
    expect(await check({ ...digest, exp: claims.exp + 300 }, { request: more, previous })).toMatchObject({
      expiresAt: previous.expiresAt + 300,
    })
    for (const signedS of [301, 900, 100_000]) {
      expect(await check({ ...digest, exp: claims.exp + signedS }, { request: more, previous })).toMatchObject({
        expiresAt: previous.expiresAt + 300,
      })
    }
    expect(await check({ ...digest, exp: claims.exp - 600 }, { request: more, previous })).toBe('exp')
  })

  const refusal = (jws: string): Promise<unknown> =>
    verifyApproval(jws, expected).then(
      (approval) => approval,
      (error: unknown) => (isCodedError(error) ? error.code : error),
    )

  it('whose bytes were changed anywhere is refused by its name, whatever they were changed to', async () => {
    const jws = await device.sign(claims)
    const change = fc.record({
      at: fc.nat(jws.length - 1),
      cut: fc.nat(8),
      put: fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('.', '..', 'e30', '=')),
    })
    await fc.assert(
      fc.asyncProperty(change, async ({ at, cut, put }) => {
        const changed = jws.slice(0, at) + put + jws.slice(at + cut)
        fc.pre(changed !== jws)
        expect(await refusal(changed)).toBe('approval_invalid')
      }),
      { numRuns: 1_000 },
    )
  })

  it('has one spelling: another one of the same bytes is refused', async () => {
    const jws = await device.sign(claims)
    expect(await refusal(jws)).toMatchObject({ jws })
    const last = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    // The last letter of a signature of 64 bytes has four bits that say nothing.
    const stray = jws.slice(0, -1) + last[last.indexOf(jws.at(-1) ?? '') + 1]
    for (const spelling of [stray, `${jws}=`, `${jws}\n`, jws.replace('.', ' .')]) {
      expect(spelling).not.toBe(jws)
      expect(await refusal(spelling)).toBe('approval_invalid')
    }
  })

  it('that the machine itself signed with claims of another shape is refused by its name', async () => {
    // An earlier `nbf` is as good as another one.
    const other = fc.dictionary(
      fc.constantFrom(...Object.keys(claims).filter((name) => name !== 'nbf'), 'more', '__proto__'),
      fc.jsonValue({ maxDepth: 2 }),
      { minKeys: 1 },
    )
    await fc.assert(
      fc.asyncProperty(other, async (change) => {
        const changed = { ...claims, ...change }
        fc.pre(JSON.stringify(changed) !== JSON.stringify(claims))
        expect(await refusal(await device.sign(changed))).toBe('approval_invalid')
      }),
      { numRuns: 300 },
    )
  })
})

function hmacJws(secret: string): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${part({ alg: 'HS256', typ: 'sallyport-approval+jwt' })}.${part(claims)}`
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
}
