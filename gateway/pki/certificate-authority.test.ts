import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newTestCsr } from '../../test/support/test-credentials.ts'
import type { DeviceId } from '../basics/ids.ts'
import { FakeClock } from '../basics/fake-clock.ts'
import { systemRandom } from '../basics/random.ts'
import { openCertificateAuthority } from './certificate-authority.ts'
import { checkCsr } from './check-csr.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'sallyport-ca-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const dayMs = 86_400_000
const press = 'press-1' as DeviceId
const open = (clock = new FakeClock(Date.now()), trustDomain = 'gateway.test') =>
  openCertificateAuthority({ directory, trustDomain, clock, random: systemRandom })
const csr = async (kind?: 'P-256' | 'RSA-2048') => checkCsr((await newTestCsr(kind)).der)

describe('the certificate authority', () => {
  it('is created once and the same ever after, with private files', async () => {
    const first = await open()
    const second = await open()
    expect(second.bundlePem).toBe(first.bundlePem)
    const files = await readdir(path.join(directory, 'authority'), { recursive: true })
    expect(files.toSorted()).toEqual(['issuing-key.pem', 'issuing.pem', 'root', 'root.pem', path.join('root', 'root-key.pem')].toSorted())
    for (const name of files.filter((name) => name.endsWith('.pem'))) {
      expect((await stat(path.join(directory, 'authority', name))).mode & 0o777).toBe(0o600)
    }
    expect((await stat(path.join(directory, 'authority', 'root'))).mode & 0o777).toBe(0o700)
  })

  it('is not created by a clock that nobody has set: it would have ended when the clock is right', async () => {
    await expect(open(new FakeClock(Date.UTC(1970, 0, 1, 0, 5)))).rejects.toMatchObject({
      code: 'clock_wrong',
      message: expect.stringContaining('1970-01-01T00:05'),
    })
    expect(await readdir(directory)).toEqual([])
    await open()
  })

  it('works without the root key once it exists', async () => {
    await open()
    await rm(path.join(directory, 'authority', 'root'), { recursive: true })
    const authority = await open()
    expect((await authority.issueDeviceCertificate(press, await csr(), dayMs)).subjectAltName).toBe(
      'URI:spiffe://gateway.test/device/press-1',
    )
  })

  it('forgets what a crash left half made, and starts whole', async () => {
    await mkdir(path.join(directory, '.authority-new-0123', 'root'), { recursive: true })
    await writeFile(path.join(directory, '.authority-new-0123', 'root.pem'), 'half')
    await open()
    expect(await readdir(directory)).toEqual(['authority'])
  })

  it('is one authority when two processes start at once', async () => {
    const [one, other] = await Promise.all([open(), open()])
    expect(one.bundlePem).toBe(other.bundlePem)
  })

  it.each([
    ['a missing key', () => rm(path.join(directory, 'authority', 'issuing-key.pem'))],
    ['a damaged certificate', () => writeFile(path.join(directory, 'authority', 'issuing.pem'), 'nonsense')],
    ['a key of somebody else', async () => writeFile(path.join(directory, 'authority', 'issuing-key.pem'), (await newTestCsr()).keyPem)],
    [
      'a root of somebody else',
      async () => {
        await open()
        const other = path.join(directory, 'other')
        await openCertificateAuthority({
          directory: other,
          trustDomain: 'gateway.test',
          clock: new FakeClock(Date.now()),
          random: systemRandom,
        })
        await writeFile(path.join(directory, 'authority', 'root.pem'), await readFile(path.join(other, 'authority', 'root.pem')))
      },
    ],
  ])('refuses to start with %s, and makes no new authority in its place', async (_what, damage) => {
    const { bundlePem } = await open()
    await damage()
    await expect(open()).rejects.toMatchObject({ code: 'authority_unusable' })
    await expect(open()).rejects.toMatchObject({ code: 'authority_unusable' })
    expect(bundlePem).toContain('CERTIFICATE')
  })

  it('refuses another trust domain, an ended authority and a clock before its beginning', async () => {
    await open()
    await expect(open(undefined, 'other.test')).rejects.toThrow(/another trust domain/)
    await expect(open(new FakeClock(Date.now() + 11 * 366 * dayMs))).rejects.toThrow(/ended on/)
    await expect(open(new FakeClock(Date.now() - 30 * dayMs))).rejects.toThrow(/is the clock right/)
  })
})

describe('a certificate that it issues', () => {
  it('says what RFC 5280 and X.509-SVID ask of a device, and OpenSSL verifies it for clientAuth alone', async () => {
    const authority = await open()
    const request = await csr('RSA-2048')
    const certificate = await authority.issueDeviceCertificate(press, request, 90 * dayMs)
    const ca = path.join(directory, 'ca.pem')
    const leaf = path.join(directory, 'leaf.pem')
    await writeFile(ca, authority.bundlePem)
    await writeFile(leaf, certificate.toString())
    const verify = (purpose: string) =>
      execFileSync('openssl', ['verify', '-x509_strict', '-purpose', purpose, '-CAfile', ca, leaf], { encoding: 'utf8', stdio: 'pipe' })
    expect(verify('sslclient')).toContain('OK')
    expect(() => verify('sslserver')).toThrow(/unsupported certificate purpose|unsuitable certificate purpose/)
    const text = execFileSync('openssl', ['x509', '-in', leaf, '-noout', '-text'], { encoding: 'utf8' })
    expect(text).toMatch(/Basic Constraints: critical\s+CA:FALSE/)
    expect(text).toMatch(/Key Usage: critical\s+Digital Signature\n/)
    expect(text).toMatch(/Extended Key Usage:\s+TLS Web Client Authentication\n/)
    expect(text).toMatch(/Subject Alternative Name:\s+URI:spiffe:\/\/gateway\.test\/device\/press-1\n/)
    expect(text).toMatch(/Subject Key Identifier/)
    expect(text).toMatch(/Authority Key Identifier/)
    expect(certificate.publicKey.export({ type: 'spki', format: 'der' })).toEqual(request.publicKey)
  })

  it('has a positive serial number of 16 octets that no other has', async () => {
    const authority = await open()
    const request = await csr()
    const serials = await Promise.all(
      Array.from({ length: 50 }, async () => (await authority.issueDeviceCertificate(press, request, dayMs)).serialNumber),
    )
    expect(new Set(serials).size).toBe(50)
    for (const serial of serials) expect(serial).toMatch(/^[4-7][0-9A-F]{31}$/)
  })

  it('never outlives its issuer', async () => {
    const clock = new FakeClock(Date.now())
    const authority = await open(clock)
    const issuing = new X509Certificate(await readFile(path.join(directory, 'authority', 'issuing.pem')))
    const certificate = await authority.issueDeviceCertificate(press, await csr(), 40 * 365 * dayMs)
    expect(certificate.validToDate).toEqual(issuing.validToDate)
    const plain = await authority.issueDeviceCertificate(press, await csr(), 90 * dayMs)
    expect(plain.validToDate.getTime()).toBe(Math.floor((clock.nowMs() + 90 * dayMs) / 1000) * 1000)
  })

  it('began an hour ago for machines whose clock is late, and a short one a tenth of its life ago', async () => {
    const clock = new FakeClock(Math.floor(Date.now() / 1000) * 1000)
    const authority = await open(clock)
    const ageOf = async (lifetimeMs: number) =>
      clock.nowMs() - (await authority.issueDeviceCertificate(press, await csr(), lifetimeMs)).validFromDate.getTime()
    expect(await ageOf(90 * dayMs)).toBe(3_600_000)
    expect(await ageOf(60_000)).toBe(6_000)
  })

  it('of a listener is for serverAuth and its names, by DNS and by address', async () => {
    const authority = await open()
    const { certificatePem } = await authority.issueServerCertificate(['gateway.test', '192.0.2.7'], dayMs)
    const leaf = new X509Certificate(certificatePem)
    expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
    expect(leaf.checkHost('gateway.test')).toBe('gateway.test')
    expect(leaf.checkIP('192.0.2.7')).toBe('192.0.2.7')
    expect(certificatePem.match(/BEGIN CERTIFICATE/g)).toHaveLength(2)
  })
})
