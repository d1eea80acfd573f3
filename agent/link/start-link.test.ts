import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import { silentLogger } from '../basics/logger.ts'
import { systemRandom } from '../basics/random.ts'
import { certificateRequest } from '../enrolment/certificate-request.ts'
import { checkCredential } from '../enrolment/credential.ts'
import type { Credential } from '../enrolment/credential.ts'
import { readSettings } from '../settings/read-settings.ts'
import { createTestAuthority } from '../testing/test-authority.ts'
import type { TestAuthority } from '../testing/test-authority.ts'
import { startTestGateway } from '../testing/test-gateway.ts'
import type { TestGateway } from '../testing/test-gateway.ts'
import { createBackoff } from './backoff.ts'
import { startLink } from './start-link.ts'
import type { Link, LinkStatus } from './start-link.ts'

const uri = 'spiffe://acme.example/device/press-1'
let authority: TestAuthority
let credential: Credential
let gateway: TestGateway
let link: Link
let clock: FakeClock
let statuses: LinkStatus[]
let ups: number
let downs: number

beforeAll(() => {
  authority = createTestAuthority()
  credential = newCredential()
})
afterAll(() => authority.remove())
afterEach(() => {
  link.close('closed')
  gateway.close()
})

function newCredential(): Credential {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const leaf = authority.device({ request: certificateRequest({ privateKey, commonName: 'press-1' }), uri })
  return checkCredential({
    privateKey,
    certificates: [new X509Certificate(leaf), new X509Certificate(authority.issuingPem)],
    spiffeId: uri,
    nowMs: Date.now(),
  })
}

function start(serverName?: string): void {
  clock = new FakeClock(Date.now())
  statuses = []
  ups = 0
  downs = 0
  const settings = readSettings({
    text: JSON.stringify({
      gateway: {
        tunnel: `127.0.0.1:${gateway.port}`,
        est: 'https://127.0.0.1:1',
        caFile: authority.caFile,
        trustDomain: 'acme.example',
        ...(serverName === undefined ? {} : { serverName }),
      },
      device: { id: 'press-1', name: 'P', site: 'S' },
      stateDir: '/tmp',
      panel: { port: 0 },
      operators: ['O'],
      services: {},
    }),
    baseDir: '/',
    defaultPagesDir: '/',
  })
  link = startLink({
    settings,
    clock,
    random: { ...systemRandom, fraction: () => 0.5 },
    logger: silentLogger,
    onStatus: (status) => statuses.push(status),
    onUp: () => (ups += 1),
    onDown: () => (downs += 1),
    onStream: (stream) => {
      stream.on('error', () => {})
      stream.respond({ ':status': 200 }, { endStream: true })
    },
  })
  link.setCredential(credential)
}

describe('the link', () => {
  it('is up when the gateway asks its first question', async () => {
    gateway = await startTestGateway({ authority })
    start()
    await vi.waitFor(() => expect(statuses.map(({ state }) => state)).toEqual(['connecting', 'connected']))
    expect(ups).toBe(1)
  })

  it('dials nobody with a certificate that has ended, leaves an open tunnel to the gateway, and goes on with the next one', async () => {
    gateway = await startTestGateway({ authority })
    start()
    await vi.waitFor(() => expect(ups).toBe(1))
    link.dropCredential()
    expect([link.stale, downs]).toEqual([false, 0])
    gateway.close()
    await vi.waitFor(() => expect(downs).toBe(1))
    const told = statuses.length
    clock.advance(10 * 60_000)
    expect(statuses.slice(told).map(({ state }) => state)).not.toContain('connecting')
    expect(link.credential()).toBeNull()
    link.setCredential(credential)
    expect(statuses.at(-1)).toEqual({ state: 'connecting' })
  })

  it.each(['revoked', 'suspended', 'unknown-device', 'expired'])(
    'shows that it was refused as %s, and tries again slowly',
    async (word) => {
      gateway = await startTestGateway({ authority })
      gateway.refuseWith = word
      start()
      await vi.waitFor(() => expect(statuses.at(-1)).toMatchObject({ state: 'refused', reason: word }))
      clock.advance(29_999)
      expect(gateway.connections).toBe(1)
      clock.advance(5_001)
      await vi.waitFor(() => expect(gateway.connections).toBe(2))
      expect([ups, downs]).toEqual([0, 0])
    },
  )

  it('believes only a plain word as a reason', async () => {
    gateway = await startTestGateway({ authority })
    gateway.refuseWith = '\u001b[2J<script>'
    start()
    await vi.waitFor(() => expect(statuses.at(-1)).toMatchObject({ state: 'offline', reason: 'closed' }))
  })

  it('counts a gateway as dead after 15 s without a sign of life, and not one that answers', async () => {
    gateway = await startTestGateway({ authority })
    start()
    await vi.waitFor(() => expect(ups).toBe(1))
    for (let round = 0; round < 6; round++) {
      clock.advance(5_000)
      await new Promise((resolve) => gateway.tunnel!.ping(resolve))
    }
    expect(downs).toBe(0)
    // Nothing can arrive while this does not give way to the event loop, as behind a cut cable.
    clock.advance(16_000)
    expect(downs).toBe(1)
    expect(statuses.at(-1)).toMatchObject({ state: 'offline', reason: 'dead' })
  })

  it('counts the 15 s from the last bytes, also from those that came right after it looked', async () => {
    gateway = await startTestGateway({ authority })
    start()
    await vi.waitFor(() => expect(ups).toBe(1))
    clock.advance(5_100)
    await new Promise((resolve) => gateway.tunnel!.ping(resolve))
    clock.advance(14_800)
    expect(downs).toBe(0)
    clock.advance(1_200)
    expect(downs).toBe(1)
  })

  it('comes back after a lost tunnel', async () => {
    gateway = await startTestGateway({ authority })
    start()
    await vi.waitFor(() => expect(ups).toBe(1))
    gateway.tunnel?.destroy()
    await vi.waitFor(() => expect(downs).toBe(1))
    clock.advance(1_000)
    await vi.waitFor(() => expect(ups).toBe(2))
  })

  it('takes a renewed certificate with its next connection', async () => {
    gateway = await startTestGateway({ authority })
    start()
    await vi.waitFor(() => expect(ups).toBe(1))
    const renewed = newCredential()
    link.setCredential(renewed)
    expect([link.stale, link.credential()?.thumbprint]).toEqual([true, credential.thumbprint])
    link.renew()
    await vi.waitFor(() => expect(ups).toBe(2))
    expect([link.stale, link.credential()?.thumbprint]).toEqual([false, renewed.thumbprint])
  })

  it('is back at once with the newer certificate when the one in use has ended, and slowly without one', async () => {
    gateway = await startTestGateway({ authority })
    start()
    await vi.waitFor(() => expect(ups).toBe(1))
    link.setCredential(newCredential())
    gateway.tunnel?.goaway(0, 0, Buffer.from('expired'))
    await vi.waitFor(() => expect(ups).toBe(2))
    gateway.tunnel?.goaway(0, 0, Buffer.from('expired'))
    await vi.waitFor(() => expect(statuses.at(-1)).toMatchObject({ state: 'refused', reason: 'expired' }))
    expect(gateway.connections).toBe(2)
  })

  it('waits before it comes back to a gateway that says what only an agent says', async () => {
    gateway = await startTestGateway({ authority })
    gateway.refuseWith = 'renewed'
    start()
    await vi.waitFor(() => expect(statuses.at(-1)).toMatchObject({ state: 'offline', reason: 'closed' }))
    expect(gateway.connections).toBe(1)
  })

  it.each<[string, () => Promise<TestGateway>, string | undefined, RegExp]>([
    ['another name', () => startTestGateway({ authority }), 'other.example', /^ERR_TLS_CERT_ALTNAME_INVALID$/],
    [
      'a certificate of a device',
      () => startTestGateway({ authority, server: authority.server('subjectAltName=IP:127.0.0.1\nextendedKeyUsage=clientAuth') }),
      undefined,
      /^(INVALID_PURPOSE|bad_gateway_certificate)$/,
    ],
    [
      'a certificate without a purpose',
      () => startTestGateway({ authority, server: authority.server('subjectAltName=IP:127.0.0.1') }),
      undefined,
      /^bad_gateway_certificate$/,
    ],
    ['another protocol', () => startTestGateway({ authority, alpn: ['h2'] }), undefined, /./],
    ['no protocol', () => startTestGateway({ authority, alpn: [] }), undefined, /^wrong_protocol$/],
    [
      'TLS 1.2',
      () => startTestGateway({ authority, tls: { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } }),
      undefined,
      /PROTOCOL_VERSION/,
    ],
    [
      'a certificate that begins only next year, or a clock that is years behind here',
      () => startTestGateway({ authority, server: authority.server(undefined, { fromDays: 365, toDays: 400 }) }),
      undefined,
      /^CERT_NOT_YET_VALID$/,
    ],
    [
      'a certificate that has ended, or a clock that is years ahead here',
      () => startTestGateway({ authority, server: authority.server(undefined, { fromDays: -40, toDays: -10 }) }),
      undefined,
      /^CERT_HAS_EXPIRED$/,
    ],
  ])('does not talk to a gateway with %s', async (_what, startGateway, serverName, reason) => {
    gateway = await startGateway()
    start(serverName)
    await vi.waitFor(() => expect(statuses.at(-1)).toMatchObject({ state: 'offline', reason: expect.stringMatching(reason) }))
    expect(ups).toBe(0)
  })
})

describe('how long it waits', () => {
  /** Of each failure from now on, with half of all jitter. */
  async function pauses(count: number): Promise<number[]> {
    const found: number[] = []
    for (let seen = statuses.length; found.length < count; seen = statuses.length) {
      const failed = await vi.waitUntil(() => statuses.slice(seen).find(({ state }) => state === 'offline'))
      const pauseMs = 'nextAttemptAtMs' in failed ? failed.nextAttemptAtMs - clock.nowMs() : 0
      found.push(pauseMs)
      statuses.splice(0)
      clock.advance(pauseMs)
    }
    return found
  }

  it('for a gateway that nobody can reach is never long: a try costs nobody anything (R4)', async () => {
    gateway = await startTestGateway({ authority })
    gateway.close()
    start()
    statuses.splice(0)
    expect(await pauses(8)).toEqual([500, 1_000, 2_000, 2_500, 2_500, 2_500, 2_500, 2_500])
  })

  it('for one that takes connections and ends them grows to half a minute', async () => {
    gateway = await startTestGateway({ authority })
    gateway.hostile = (socket) => void socket.destroy()
    start()
    statuses.splice(0)
    expect(await pauses(7)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000])
  })
})

describe('the backoff', () => {
  it('grows to its cap with full jitter, and starts anew', () => {
    let fraction = 1
    const backoff = createBackoff({ baseMs: 1_000, capMs: 30_000, random: { ...systemRandom, fraction: () => fraction } })
    expect(Array.from({ length: 7 }, () => backoff.nextMs())).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
    fraction = 0.1
    expect(backoff.nextMs()).toBe(3_000)
    backoff.reset()
    expect(backoff.nextMs()).toBe(100)
  })
})
