import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import { silentLogger } from '../basics/logger.ts'
import { systemRandom } from '../basics/random.ts'
import type { AgentSettings } from '../settings/agent-settings.ts'
import { readSettings } from '../settings/read-settings.ts'
import { selfSigned } from '../testing/self-signed.ts'
import { createTestAuthority } from '../testing/test-authority.ts'
import type { TestAuthority } from '../testing/test-authority.ts'
import { startTestEstServer } from '../testing/test-est-server.ts'
import type { TestEstServer } from '../testing/test-est-server.ts'
import type { Credential } from './credential.ts'
import { startEnrolment } from './start-enrolment.ts'
import type { Enrolment, EnrolmentStatus, RenewalFailure } from './start-enrolment.ts'

const uri = 'spiffe://acme.example/device/press-1'
let authority: TestAuthority
let est: TestEstServer
let stateDir: string
let clock: FakeClock
let renewals: (RenewalFailure | null)[]
let warned: number
let ended: number
let renewedLate: number[]
let statuses: EnrolmentStatus[]
let credentials: Credential[]
const running: Enrolment[] = []

beforeAll(() => {
  authority = createTestAuthority()
})
afterAll(() => authority.remove())

beforeEach(async () => {
  est = await startTestEstServer({ authority, uri, password: 'one-time' })
  stateDir = mkdtempSync(join(tmpdir(), 'agent-enrol-'))
  clock = new FakeClock(Date.now())
  renewals = []
  warned = 0
  ended = 0
  renewedLate = []
  statuses = []
  credentials = []
})

afterEach(() => {
  for (const one of running.splice(0)) one.close()
  est.close()
  rmSync(stateDir, { recursive: true })
})

function settings(change: object = {}): AgentSettings {
  const text = JSON.stringify({
    gateway: {
      tunnel: 'localhost:1',
      est: `https://localhost:${est.port}`,
      caFile: authority.caFile,
      trustDomain: 'acme.example',
      ...change,
    },
    device: { id: 'press-1', name: 'Press', site: 'Hall' },
    enrolment: { password: 'one-time' },
    stateDir,
    panel: { port: 0 },
    operators: ['Olga'],
    services: {},
  })
  return readSettings({ text, baseDir: '/', defaultPagesDir: '/' })
}

function start(chosen: AgentSettings = settings()): void {
  running.push(
    startEnrolment({
      settings: chosen,
      clock,
      random: systemRandom,
      logger: { ...silentLogger, warn: () => void (warned += 1) },
      onStatus: (status) => statuses.push(status),
      onRenewal: (failure) => renewals.push(failure),
      onEnded: () => (ended += 1),
      onRenewedLate: (endedAtMs) => renewedLate.push(endedAtMs),
      onCredential: (one) => credentials.push(one),
    }),
  )
  clock.advance(0)
}

const failed = (reason: string): unknown => expect.objectContaining({ state: 'enrolment_failed', reason })

describe('enrolment', () => {
  it('gets a certificate for its own key, and keeps both for the owner alone', async () => {
    start()
    await vi.waitFor(() => expect(credentials).toHaveLength(1))
    expect(credentials[0]).toMatchObject({ spiffeId: uri })
    expect(credentials[0]!.chainPem.match(/BEGIN/g)).toHaveLength(2)
    expect(est.seen).toEqual(['simpleenroll press-1:one-time'])
    for (const file of ['device.key', 'device.crt']) expect(statSync(join(stateDir, file)).mode & 0o777).toBe(0o600)
    start()
    await vi.waitFor(() => expect(credentials).toHaveLength(2))
    expect(est.seen).toHaveLength(1)
  })

  it('asks at each address in order, and takes what the gateway decides at the first that answers for what it is', async () => {
    const second = await startTestEstServer({ authority, uri, password: 'one-time' })
    const both = settings({ est: ['https://localhost:1', `https://localhost:${est.port}`, `https://localhost:${second.port}`] })
    try {
      est.answer = () => ({ status: 503, body: '' })
      second.answer = () => ({ status: 202, body: '' })
      start(both)
      await vi.waitFor(() => expect(statuses).toContainEqual(failed('enrolment_pending')))
      expect([est.seen, second.seen]).toEqual([['simpleenroll press-1:one-time'], ['simpleenroll press-1:one-time']])
      est.answer = () => ({ status: 401, body: '' })
      clock.advance(10_000)
      await vi.waitFor(() => expect(statuses).toContainEqual(failed('enrolment_refused')))
      expect([est.seen.length, second.seen.length]).toEqual([2, 1])
      est.answer = () => ({ status: 503, body: '' })
      second.answer = () => ({ status: 500, body: '' })
      clock.advance(60_000)
      // Somebody who answered says more than nobody who listened.
      await vi.waitFor(() => expect(statuses).toContainEqual(failed('enrolment_unavailable')))
      est.answer = second.answer = null
      clock.advance(60_000)
      await vi.waitFor(() => expect(credentials).toHaveLength(1))
      expect([est.seen.length, second.seen.length]).toEqual([4, 2])
    } finally {
      second.close()
    }
  })

  it('shows a refusal, tries again slowly, and keeps its key when the answer was lost', async () => {
    est.answer = () => ({ status: 401, body: '' })
    start()
    await vi.waitFor(() => expect(statuses.at(-1)).toEqual(failed('enrolment_refused')))
    const key = readFileSync(join(stateDir, 'device.key'), 'utf8')
    est.answer = null
    clock.advance(59_000)
    expect(est.seen).toHaveLength(1)
    clock.advance(1_000)
    await vi.waitFor(() => expect(credentials).toHaveLength(1))
    expect(readFileSync(join(stateDir, 'device.key'), 'utf8')).toBe(key)
  })

  it.each<[string, () => { status: number; body: string }, string]>([
    ['garbage', () => ({ status: 200, body: 'AAAA' }), 'bad_der'],
    ['nothing', () => ({ status: 200, body: '' }), 'bad_der'],
    ['too much', () => ({ status: 200, body: 'A'.repeat(300_000) }), 'enrolment_unavailable'],
    ['a failure', () => ({ status: 503, body: '' }), 'enrolment_unavailable'],
    ['a wait', () => ({ status: 202, body: '' }), 'enrolment_pending'],
  ])('takes no harm from %s as an answer', async (_what, answer, reason) => {
    est.answer = answer
    start()
    await vi.waitFor(() => expect(statuses.at(-1)).toEqual(failed(reason)))
  })

  it('takes no certificate of another device or for other uses', async () => {
    for (const wrong of [
      { uri: 'spiffe://acme.example/device/press-2' },
      { uri: `${uri},URI:spiffe://acme.example/device/press-2` },
      { uri, usage: 'serverAuth' },
    ]) {
      est.answer = (request) => ({ status: 200, body: authority.certsOnly(authority.device({ request, ...wrong })) })
      statuses = []
      start()
      await vi.waitFor(() => expect(statuses.at(-1)).toEqual(failed('foreign_certificate')))
    }
    expect(credentials).toEqual([])
  })

  it('sends no password to a server with another name, another CA, or a certificate for clients', async () => {
    const stranger = createTestAuthority()
    const changes: [object, string][] = [
      [{ serverName: 'other.example' }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
      [{ caFile: stranger.caFile }, 'other_authority'],
      [{ caFile: '/nowhere.pem' }, 'bad_ca_file'],
    ]
    for (const [change, reason] of changes) {
      statuses = []
      start(settings(change))
      await vi.waitFor(() =>
        expect(statuses.at(-1)).toMatchObject({
          state: 'enrolment_failed',
          reason,
        }),
      )
    }
    stranger.remove()
    expect(est.seen).toEqual([])
  })

  it('renews over mTLS at two thirds of the lifetime, and again after a failure', async () => {
    start()
    await vi.waitFor(() => expect(credentials).toHaveLength(1))
    const day = 86_400_000
    clock.advance(6 * day - 120_000)
    expect(est.seen).toHaveLength(1)
    est.answer = () => ({ status: 500, body: '' })
    clock.advance(200_000)
    await vi.waitFor(() => expect(est.seen).toHaveLength(2))
    est.answer = null
    await vi.waitFor(() => {
      clock.advance(1_000)
      expect(credentials).toHaveLength(2)
    })
    expect(est.seen.at(-1)).toBe(`simplereenroll URI:${uri}`)
    expect(credentials[1]!.thumbprint).not.toBe(credentials[0]!.thumbprint)
  })

  it('says at once when somebody opens TLS before a renewal, keeps what a gateway that starts anew would say to itself, and takes it back', async () => {
    start()
    await vi.waitFor(() => expect(credentials).toHaveLength(1))
    const [{ notAfterMs }] = credentials as [Credential]
    const { port } = est
    est.close()
    const filter = createServer(selfSigned('/CN=Corp Filter')).on('tlsClientError', () => {})
    await vi.waitFor(() => once(filter.listen(port, '127.0.0.1'), 'listening'))
    // A little more than two thirds of the lifetime: the authority signed by the real clock, somewhat later than this one stands.
    clock.advance(6 * 86_400_000 + 3_600_000)
    await vi.waitFor(() =>
      expect(renewals.at(-1)).toEqual({
        reason: 'tls_inspected',
        stranger: { issuer: 'Corp Filter', addresses: ['localhost:1', `localhost:${port}`] },
        expiresAtMs: notAfterMs,
      }),
    )
    filter.close()
    const told = renewals.length
    for (const failed of [2, 3, 4, 5]) {
      expect(renewals).toHaveLength(told)
      clock.advance(5 * 60_000)
      await vi.waitFor(() => expect(warned).toBe(failed))
    }
    expect(renewals.at(-1)).toMatchObject({ reason: 'ECONNREFUSED' })
    est = await startTestEstServer({ authority, uri, password: 'one-time', port })
    clock.advance(5 * 60_000)
    await vi.waitFor(() => expect(renewals.at(-1)).toBeNull())
    expect(credentials.length).toBeGreaterThan(1)
    expect(statuses.map(({ state }) => state)).not.toContain('enrolment_failed')
  })

  it('renews at most every five minutes when what it gets is always due: by a wrong clock, or by a gateway that wants it busy', async () => {
    clock = new FakeClock(Date.now() + 7 * 86_400_000)
    start()
    await vi.waitFor(() => expect(credentials).toHaveLength(1))
    clock.advance(299_000)
    // The same work on another state, begun later: a renewal that was on its way is through by then.
    const elsewhere = mkdtempSync(join(tmpdir(), 'agent-enrol-'))
    start({ ...settings(), stateDir: elsewhere })
    await vi.waitFor(() => expect(credentials).toHaveLength(2))
    rmSync(elsewhere, { recursive: true })
    expect(est.seen).toEqual(['simpleenroll press-1:one-time', 'simpleenroll press-1:one-time'])
    clock.advance(1_000)
    await vi.waitFor(() => expect(est.seen.at(-1)).toBe(`simplereenroll URI:${uri}`))
  })

  it('tries to renew until the certificate has ended, and goes on by its key; a password beside it is tried once', async () => {
    start()
    await vi.waitFor(() => expect(credentials).toHaveLength(1))
    est.answer = () => ({ status: 401, body: '' })
    await vi.waitFor(
      () => {
        clock.advance(3_600_000)
        expect(statuses.at(-1)).toEqual(failed('renewal_refused'))
      },
      { timeout: 15_000, interval: 5 },
    )
    expect(clock.nowMs()).toBeGreaterThan(credentials[0]!.notAfterMs)
    expect([ended, statuses.filter(({ state }) => state === 'enrolling').at(-1)]).toEqual([
      1,
      { state: 'enrolling', reason: 'certificate_expired' },
    ])
    // With its first certificate, and beside the one that has ended.
    const withPassword = (): number => est.seen.filter((one) => one === 'simpleenroll press-1:one-time').length
    const asks = (until: () => void): Promise<void> =>
      vi.waitFor(
        () => {
          clock.advance(60_000)
          until()
        },
        // More slowly than a handshake takes: the clock that runs on here is the one by which it takes too long.
        { timeout: 15_000, interval: 100 },
      )
    await asks(() => expect(withPassword()).toBe(2))
    const asked = est.seen.length
    await asks(() => expect(est.seen.length).toBeGreaterThan(asked + 3))
    expect(withPassword()).toBe(2)
    est.answer = (request) => ({ status: 200, body: authority.certsOnly(authority.device({ request, uri, days: 19 })) })
    await vi.waitFor(() => {
      clock.advance(60_000)
      expect(credentials).toHaveLength(2)
    })
    expect(statuses.at(-1)).toEqual({ state: 'enrolled' })
    expect(renewedLate).toEqual([credentials[0]!.notAfterMs])
    expect(credentials[1]!.certificate.publicKey.equals(credentials[0]!.certificate.publicKey)).toBe(true)
  })

  it('waits for a person as long as the gateway says, with the code of its key, and takes a new password that somebody put there meanwhile', async () => {
    start()
    await vi.waitFor(() => expect(credentials).toHaveLength(1))
    for (const one of running.splice(0)) one.close()
    clock = new FakeClock(credentials[0]!.notAfterMs)
    const passwordFile = join(stateDir, 'password')
    writeFileSync(passwordFile, 'used-up\n')
    let answer = { status: 202, body: '', retryS: 45 }
    const wrong = { status: 401, body: '' }
    est.answer = (_request, operation, basic) => (operation === 'simplereenroll' ? answer : basic.endsWith('used-up') ? wrong : null)
    start({ ...settings(), enrolment: { passwordFile } })
    await vi.waitFor(() =>
      expect(statuses.at(-1)).toMatchObject({
        reason: 'renewal_pending',
        code: expect.stringMatching(/^....-....$/) as string,
        nextAttemptAtMs: clock.nowMs() + 45_000,
      }),
    )
    expect(est.seen.at(-1)).toBe('simpleenroll press-1:used-up')
    answer = { status: 403, body: '', retryS: 0 }
    clock.advance(45_000)
    await vi.waitFor(() => expect(statuses.at(-1)).toEqual(failed('renewal_refused')))
    expect(est.seen.at(-1)).toMatch(/^simplereenroll /)
    writeFileSync(passwordFile, 'one-time\n')
    est.answer = (request, operation) =>
      operation === 'simplereenroll' ? answer : { status: 200, body: authority.certsOnly(authority.device({ request, uri, days: 19 })) }
    clock.advance(60_000)
    await vi.waitFor(() => expect(credentials).toHaveLength(2))
    expect(est.seen.at(-1)).toBe('simpleenroll press-1:one-time')
  })

  it('waits with its code as well where its clock is behind, and only the gateway knows that the certificate has ended', async () => {
    start()
    await vi.waitFor(() => expect(credentials).toHaveLength(1))
    const refused = { status: 403, body: '' }
    est.answer = (_request, operation) => (operation === 'simplereenroll' ? { status: 202, body: '' } : refused)
    clock.advance(6 * 86_400_000 + 3_600_000)
    await vi.waitFor(() => expect(statuses.at(-1)).toMatchObject({ reason: 'renewal_pending', code: expect.stringMatching(/-/) as string }))
    expect(ended).toBe(1)
    est.answer = null
    clock.advance(10_000)
    await vi.waitFor(() => expect(credentials).toHaveLength(2))
    expect(renewedLate).toHaveLength(1)
  })

  it('says that the clock is ahead when what it gets is over at once', async () => {
    clock = new FakeClock(Date.now() + 400 * 86_400_000)
    start()
    await vi.waitFor(() => expect(statuses.at(-1)).toEqual(failed('clock_ahead')))
  })

  it('uses no certificate that the disk did not take, and asks again with the same key', async () => {
    const answer = (request: Buffer): string => authority.certsOnly(authority.device({ request, uri }))
    est.answer = (request) => {
      // What is there cannot be replaced, as on a broken disk.
      mkdirSync(join(stateDir, 'device.crt'))
      return { status: 200, body: answer(request) }
    }
    start()
    await vi.waitFor(() => expect(statuses.at(-1)).toMatchObject({ state: 'enrolment_failed', reason: 'EISDIR' }))
    expect(credentials).toEqual([])
    rmSync(join(stateDir, 'device.crt'), { recursive: true })
    const key = readFileSync(join(stateDir, 'device.key'), 'utf8')
    est.answer = null
    await vi.waitFor(() => {
      clock.advance(60_000)
      expect(credentials).toHaveLength(1)
    })
    expect(readFileSync(join(stateDir, 'device.key'), 'utf8')).toBe(key)
    expect(readdirSync(stateDir).toSorted()).toEqual(['device.crt', 'device.key'])
  })

  it('does not touch a key file that it cannot read', async () => {
    writeFileSync(join(stateDir, 'device.key'), 'broken')
    start()
    await vi.waitFor(() => expect(statuses.at(-1)).toEqual(failed('bad_key')))
    expect(readFileSync(join(stateDir, 'device.key'), 'utf8')).toBe('broken')
  })

  it('works with RSA keys', async () => {
    start({ ...settings(), keyType: 'rsa-2048' })
    await vi.waitFor(() => expect(credentials).toHaveLength(1), { timeout: 10_000 })
    expect(credentials[0]!.privateKey.asymmetricKeyType).toBe('rsa')
  })
})
