import { X509Certificate } from 'node:crypto'
import { connect as connectTcp } from 'node:net'
import { connect } from 'node:tls'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { enrolTestDevice } from '../../test/support/test-credentials.ts'
import type { TestCredentials } from '../../test/support/test-credentials.ts'
import { peerCertificate } from '../../agent/wire/peer-certificate.ts'
import { openTestDoor } from '../../test/support/test-door.ts'
import type { TestDoor } from '../../test/support/test-door.ts'
import { memoryEnrolmentStore } from '../../test/support/memory-enrolment-store.ts'
import { systemClock } from '../basics/clock.ts'
import type { DeviceId } from '../basics/ids.ts'
import { systemRandom } from '../basics/random.ts'
import { openCertificateAuthority } from '../pki/certificate-authority.ts'
import { certificateFingerprint } from '../pki/fingerprint.ts'
import { clientAuth, issueCertificate, serverAuth } from '../pki/issue-certificate.ts'
import type { CertificateOrder } from '../pki/issue-certificate.ts'
import { newKeyPair } from '../pki/new-key-pair.ts'
import { readAuthorityFiles } from '../pki/authority-files.ts'

let door: TestDoor
let directory: string
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'sallyport-admit-'))
  door = await openTestDoor({ directory })
})
afterAll(() => door[Symbol.asyncDispose]())

/** A certificate signed by the door's own issuing key, made as wrong as the test wants it, and recorded as if it were good. */
async function rogue(use: CertificateOrder['use'], change: Partial<CertificateOrder> = {}): Promise<TestCredentials> {
  const files = await readAuthorityFiles(directory)
  if (files === undefined) throw new Error('no authority')
  const issuing = new X509Certificate(files.issuingPem)
  const { privateKeyPem, publicKey } = await newKeyPair()
  const certificate = await issueCertificate({
    commonName: 'rogue-1',
    publicKey,
    notBeforeMs: Date.now() - 60_000,
    notAfterMs: Date.now() + 3_600_000,
    use,
    issuer: {
      commonName: issuing.subject.slice(3),
      privateKeyPem: files.issuingKeyPem,
      publicKey: issuing.publicKey.export({ type: 'spki', format: 'der' }),
    },
    random: systemRandom,
    ...change,
  })
  const deviceId = 'rogue-1' as DeviceId
  door.store.open(deviceId, '0'.repeat(64))
  const fingerprint = certificateFingerprint(certificate)
  await door.store.claim(deviceId, fingerprint, {
    deviceId,
    fingerprint,
    serial: '1',
    publicKeyFingerprint: fingerprint,
    pem: certificate.toString(),
    notBefore: 0,
    notAfter: Date.now() + 3_600_000,
  })
  return { keyPem: privateKeyPem, certificatePem: certificate.toString(), fingerprint }
}

const url = (value: string) => ({ type: 'url', value }) as const
const mine = url('spiffe://gateway.test/device/rogue-1')
const leaf = (...names: { type: 'url' | 'dns' | 'ip'; value: string }[]) => ({ kind: 'leaf', purpose: clientAuth, names }) as const

/** Dials and reads, on the device's side, why it was refused. */
async function refusalOf(...dial: Parameters<TestDoor['dial']>): Promise<string> {
  const device = await door.dial(...dial)
  const reason = await device.goodbye
  await device.closed
  return reason
}

describe('the tunnel door tells the device why it refuses', () => {
  it('a revoked device: revoked', async () => {
    const credentials = await door.enrol('press-revoked')
    door.store.setStanding('press-revoked' as DeviceId, 'revoked')
    expect(await refusalOf(credentials)).toBe('revoked')
  })

  it('a revoked certificate: revoked', async () => {
    const credentials = await door.enrol('press-stolen')
    door.store.revokeCertificate(credentials.fingerprint)
    expect(await refusalOf(credentials)).toBe('revoked')
  })

  it('a suspended device: suspended', async () => {
    const credentials = await door.enrol('press-suspended')
    door.store.setStanding('press-suspended' as DeviceId, 'suspended')
    expect(await refusalOf(credentials)).toBe('suspended')
  })

  it('a certificate that our authority signed and our records do not have: unknown-device', async () => {
    const elsewhere = memoryEnrolmentStore()
    elsewhere.open('press-unknown' as DeviceId, '0'.repeat(64))
    const credentials = await enrolTestDevice({ authority: door.authority, store: elsewhere, deviceId: 'press-unknown' as DeviceId })
    expect(await refusalOf(credentials)).toBe('unknown-device')
  })

  it('an expired certificate: expired', async () => {
    expect(await refusalOf(await rogue(leaf(mine), { notBeforeMs: Date.now() - 7_200_000, notAfterMs: Date.now() - 3_600_000 }))).toBe(
      'expired',
    )
  })

  it('a certificate of the future: bad-certificate', async () => {
    expect(await refusalOf(await rogue(leaf(mine), { notBeforeMs: Date.now() + 3_600_000, notAfterMs: Date.now() + 7_200_000 }))).toBe(
      'bad-certificate',
    )
  })

  it('no certificate: no-certificate', async () => {
    expect(await refusalOf()).toBe('no-certificate')
  })

  it('a certificate of another authority with our trust domain: bad-certificate', async () => {
    const foreign = await openCertificateAuthority({
      directory: path.join(directory, 'foreign'),
      trustDomain: 'gateway.test',
      clock: systemClock,
      random: systemRandom,
    })
    const store = memoryEnrolmentStore()
    store.open('press-foreign' as DeviceId, '0'.repeat(64))
    const credentials = await enrolTestDevice({ authority: foreign, store, deviceId: 'press-foreign' as DeviceId })
    expect(await refusalOf(credentials)).toBe('bad-certificate')
    const certificatePem = credentials.certificatePem + foreign.bundlePem
    expect(await refusalOf({ ...credentials, certificatePem })).toBe('bad-certificate')
  })

  it("a foreign leaf with a real device's certificate as filler in its chain: bad-certificate", async () => {
    const real = await door.enrol('press-filler')
    const { privateKeyPem, publicKey } = await newKeyPair()
    const self = { commonName: 'press-filler', privateKeyPem, publicKey }
    const forged = await issueCertificate({
      commonName: 'press-filler',
      publicKey,
      notBeforeMs: Date.now() - 60_000,
      notAfterMs: Date.now() + 3_600_000,
      use: leaf(url('spiffe://gateway.test/device/press-filler')),
      issuer: self,
      random: systemRandom,
    })
    expect(await refusalOf({ keyPem: privateKeyPem, certificatePem: forged.toString() + real.certificatePem })).toBe('bad-certificate')
  })

  it("a leaf that a device's own key signed: bad-certificate", async () => {
    const parent = await door.enrol('press-parent')
    const { privateKeyPem, publicKey } = await newKeyPair()
    const parentKey = new X509Certificate(parent.certificatePem).publicKey.export({ type: 'spki', format: 'der' })
    const child = await issueCertificate({
      commonName: 'rogue-1',
      publicKey,
      notBeforeMs: Date.now() - 60_000,
      notAfterMs: Date.now() + 3_600_000,
      use: leaf(mine),
      issuer: { commonName: 'press-parent', privateKeyPem: parent.keyPem, publicKey: parentKey },
      random: systemRandom,
    })
    expect(await refusalOf({ keyPem: privateKeyPem, certificatePem: child.toString() + parent.certificatePem })).toBe('bad-certificate')
  })

  it.each([
    ['serverAuth instead of clientAuth', { kind: 'leaf', purpose: serverAuth, names: [mine] } as const],
    ['two URIs', leaf(mine, url('spiffe://gateway.test/device/press-1'))],
    ['a DNS name beside the URI', leaf(mine, { type: 'dns', value: 'rogue-1' })],
    ['a DNS name alone', leaf({ type: 'dns', value: 'rogue-1' })],
    ['another trust domain', leaf(url('spiffe://gateway.test.evil/device/rogue-1'))],
    ['a path that goes on', leaf(url('spiffe://gateway.test/device/rogue-1/x'))],
    ['another path', leaf(url('spiffe://gateway.test/gateway/rogue-1'))],
    ['an upper-case scheme', leaf(url('SPIFFE://gateway.test/device/rogue-1'))],
    ['a comma that looks like a second name', leaf(url('spiffe://gateway.test/device/rogue-1, URI:x'))],
    ['an authority as client', { kind: 'authority', pathLength: 0 } as const],
  ])('a certificate with %s: bad-certificate', async (_what, use) => {
    expect(await refusalOf(await rogue(use))).toBe('bad-certificate')
  })

  it('the same certificate made right gets in, so the cases above fail for their own reason', async () => {
    const device = await door.dial(await rogue(leaf(mine)), {})
    await vi.waitUntil(() => door.listener.links.get('rogue-1' as DeviceId))
    device.close()
  })

  it('a superseded certificate: revoked', async () => {
    const old = await door.enrol('press-renewed')
    const deviceId = 'press-renewed' as DeviceId
    const elsewhere = memoryEnrolmentStore()
    elsewhere.open(deviceId, '0'.repeat(64))
    const renewed = await enrolTestDevice({ authority: door.authority, store: elsewhere, deviceId })
    const certificate = await elsewhere.findCertificate(renewed.fingerprint)
    if (certificate === undefined) throw new Error('not issued')
    await door.store.addCertificate(certificate)
    await door.dial(renewed)
    await vi.waitUntil(() => door.listener.links.get(deviceId))
    expect(await refusalOf(old)).toBe('revoked')
  })

  it('a peer without any ALPN: wrong-protocol', async () => {
    const credentials = await door.enrol('press-plain')
    const socket = connect({
      host: '127.0.0.1',
      port: door.listener.address.port,
      servername: 'localhost',
      ca: door.authority.bundlePem,
      key: credentials.keyPem,
      cert: credentials.certificatePem,
    })
    let heard = ''
    socket.setEncoding('latin1').on('data', (text) => (heard += text))
    await new Promise((resolve) => socket.once('close', resolve))
    expect(heard).toContain('wrong-protocol')
  })
})

describe('the handshake itself refuses', () => {
  it.each([
    ['TLS 1.2', { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const],
    ['h2, the other direction', { ALPNProtocols: ['h2'] }],
    ['http/1.1', { ALPNProtocols: ['http/1.1'] }],
  ])('%s', async (_what, tls) => {
    await expect(door.dial(await door.enrol('press-odd'), { tls })).rejects.toThrow(/alert|closed|ECONNRESET/)
  })

  it('and shows a certificate that a device can tell from another device', async () => {
    const device = await door.dial(await door.enrol('press-look'))
    const certificate = peerCertificate(device.socket)
    expect(certificate?.keyUsage).toEqual([serverAuth])
    expect(certificate?.checkHost('localhost')).toBe('localhost')
    device.close()
  })
})

it('never resumes a session, even when a device kept everything that it was given', async () => {
  const credentials = await door.enrol('press-resume')
  const sessions: Buffer[] = []
  const first = await door.dial(credentials)
  first.socket.on('session', (session) => sessions.push(session))
  await vi.waitUntil(() => door.listener.links.get('press-resume' as DeviceId))
  await door.listener.links.get('press-resume' as DeviceId)?.snapshot()
  const kept = sessions.at(-1) ?? first.socket.getSession()
  first.close()
  await vi.waitUntil(() => door.listener.links.get('press-resume' as DeviceId) === undefined)
  door.store.setStanding('press-resume' as DeviceId, 'revoked')
  const second = await door.dial(credentials, { tls: { session: kept } })
  expect(second.socket.isSessionReused()).toBe(false)
  expect(await second.goodbye).toBe('revoked')
})

it('takes a device in while others send garbage or nothing', async () => {
  const port = door.listener.address.port
  const vandals = Array.from({ length: 50 }, (_, index) => {
    const socket = connectTcp({ host: '127.0.0.1', port })
    socket.on('error', () => {})
    if (index % 2 === 0) socket.write(Buffer.concat([Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00]), systemRandom.bytes(512)]))
    return socket
  })
  const device = await door.dial(await door.enrol('press-brave'))
  await vi.waitUntil(() => door.listener.links.get('press-brave' as DeviceId))
  for (const socket of vandals) socket.destroy()
  device.close()
})
