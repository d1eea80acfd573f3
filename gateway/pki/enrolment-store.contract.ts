import { describe, expect, it } from 'vitest'
import type { DeviceId } from '../basics/ids.ts'
import type { DeviceAdmission } from '../devices/device-admission.ts'
import type { CertificateRecord, EnrolmentStore } from './enrolment-store.ts'

export interface EnrolmentStoreUnderTest {
  readonly store: EnrolmentStore
  /** Over the same records. */
  readonly admission: DeviceAdmission
  /** What an administrator does: registers the device if need be and opens its enrolment, anew if it was used or locked before. */
  open(deviceId: DeviceId, passwordHash: string): Promise<void>
  /** What a person does who has compared the code. */
  confirmKey(deviceId: DeviceId, publicKeyFingerprint: string): Promise<void>
  close(): Promise<void>
}

const press = 'press-1' as DeviceId
const setter = 'setter-1' as DeviceId
const hash = 'a'.repeat(64)

let serial = 0
function certificateOf(deviceId: DeviceId, key: string, fingerprint: string): CertificateRecord {
  serial += 1
  return {
    deviceId,
    fingerprint: fingerprint.padEnd(64, '0'),
    serial: serial.toString(16),
    publicKeyFingerprint: key.padEnd(64, '0'),
    pem: `-----BEGIN CERTIFICATE-----\n${fingerprint}\n-----END CERTIFICATE-----\n`,
    notBefore: 1_790_000_000_000,
    notAfter: 1_799_000_000_000,
  }
}

/** Every implementation of {@link EnrolmentStore} passes this. */
export function enrolmentStoreContract(create: () => Promise<EnrolmentStoreUnderTest>): void {
  describe('an enrolment store', () => {
    async function withStore(run: (under: EnrolmentStoreUnderTest) => Promise<void>): Promise<void> {
      const under = await create()
      try {
        await run(under)
      } finally {
        await under.close()
      }
    }
    const claim = (store: EnrolmentStore, certificate: CertificateRecord) =>
      store.claim(certificate.deviceId, certificate.publicKeyFingerprint, certificate)

    it('knows which key a person has compared, for the password of then alone', () =>
      withStore(async ({ store, open, confirmKey }) => {
        await open(press, hash)
        const record = await store.find(press)
        if (record === undefined) throw new Error('it was opened')
        const key = 'k1'.padEnd(64, '0')
        expect(await store.isKeyConfirmed(record, key)).toBe(false)
        await confirmKey(press, key)
        expect([await store.isKeyConfirmed(record, key), await store.isKeyConfirmed(record, 'k2'.padEnd(64, '0'))]).toEqual([true, false])
        await confirmKey(press, 'k2'.padEnd(64, '0'))
        expect(await store.isKeyConfirmed(record, key)).toBe(false)
        await confirmKey(press, key)
        await open(press, 'b'.repeat(64))
        const renewed = await store.find(press)
        expect(renewed === undefined ? null : await store.isKeyConfirmed(renewed, key)).toBe(false)
      }))

    it('knows nothing of a device that nobody opened', () =>
      withStore(async ({ store }) => {
        expect(await store.find(press)).toBeUndefined()
        expect(await claim(store, certificateOf(press, 'k1', 'c1'))).toEqual({ outcome: 'not_open' })
        expect(await store.findCertificate('c1'.padEnd(64, '0'))).toBeUndefined()
      }))

    it('gives back an opened enrolment as it is', () =>
      withStore(async ({ store, open }) => {
        await open(press, hash)
        expect(await store.find(press)).toEqual({
          deviceId: press,
          passwordHash: hash,
          state: 'open',
          publicKeyFingerprint: null,
          certificatePem: null,
          firstTunnelAt: null,
        })
      }))

    it('records a claim with its certificate', () =>
      withStore(async ({ store, open }) => {
        await open(press, hash)
        const certificate = certificateOf(press, 'k1', 'c1')
        expect(await claim(store, certificate)).toEqual({ outcome: 'claimed' })
        const found = await store.find(press)
        expect(found).toMatchObject({
          state: 'used',
          publicKeyFingerprint: certificate.publicKeyFingerprint,
          certificatePem: certificate.pem,
          firstTunnelAt: null,
        })
        expect(await store.findCertificate(certificate.fingerprint)).toEqual(certificate)
      }))

    it('lets exactly one of two claims at once win, and tells the other what was recorded', () =>
      withStore(async ({ store, open }) => {
        await open(press, hash)
        const both = [certificateOf(press, 'k1', 'c1'), certificateOf(press, 'k2', 'c2')]
        const outcomes = await Promise.all(both.map((certificate) => claim(store, certificate)))
        expect(outcomes.map(({ outcome }) => outcome).toSorted()).toEqual(['claimed', 'exists'])
        const winner = both[outcomes.findIndex(({ outcome }) => outcome === 'claimed')]
        const loser = outcomes.find(({ outcome }) => outcome === 'exists')
        expect(loser).toMatchObject({ record: { state: 'used', publicKeyFingerprint: winner?.publicKeyFingerprint } })
        expect((await store.find(press))?.certificatePem).toBe(winner?.pem)
      }))

    it('refuses a key that another device has, in a claim and in a renewal, and changes nothing', () =>
      withStore(async ({ store, open }) => {
        await open(press, hash)
        await open(setter, hash)
        await claim(store, certificateOf(press, 'k1', 'c1'))
        const stolen = certificateOf(setter, 'k1', 'c2')
        expect(await claim(store, stolen)).toEqual({ outcome: 'public_key_taken' })
        expect((await store.find(setter))?.state).toBe('open')
        expect(await store.findCertificate(stolen.fingerprint)).toBeUndefined()
        await claim(store, certificateOf(setter, 'k2', 'c3'))
        expect(await store.addCertificate(certificateOf(setter, 'k1', 'c4'))).toBe('public_key_taken')
        expect(await store.findCertificate('c4'.padEnd(64, '0'))).toBeUndefined()
      }))

    it('takes a renewal with the same key and with a new one', () =>
      withStore(async ({ store, open }) => {
        await open(press, hash)
        await claim(store, certificateOf(press, 'k1', 'c1'))
        for (const renewed of [certificateOf(press, 'k1', 'c2'), certificateOf(press, 'k2', 'c3')]) {
          expect(await store.addCertificate(renewed)).toBe('added')
          expect(await store.findCertificate(renewed.fingerprint)).toEqual(renewed)
        }
      }))

    it('lets nobody claim a locked enrolment, and keeps its certificate', () =>
      withStore(async ({ store, open }) => {
        await open(press, hash)
        const certificate = certificateOf(press, 'k1', 'c1')
        await claim(store, certificate)
        await store.lock(press, 'another key')
        expect((await store.find(press))?.state).toBe('locked')
        expect(await claim(store, certificateOf(press, 'k2', 'c2'))).toEqual({ outcome: 'not_open' })
        expect(await store.findCertificate(certificate.fingerprint)).toEqual(certificate)
      }))

    it('remembers the first tunnel only', () =>
      withStore(async ({ store, open }) => {
        await open(press, hash)
        const certificate = certificateOf(press, 'k1', 'c1')
        await claim(store, certificate)
        await store.confirmFirstTunnel(press, certificate.fingerprint, 1_790_000_000_111)
        await store.confirmFirstTunnel(press, certificate.fingerprint, 1_790_000_000_222)
        expect((await store.find(press))?.firstTunnelAt).toBe(1_790_000_000_111)
      }))

    it("admits an enrolled device with its certificate, and with no other device's", () =>
      withStore(async ({ store, admission, open }) => {
        await open(press, hash)
        await open(setter, hash)
        const certificate = certificateOf(press, 'k1', 'c1')
        await claim(store, certificate)
        const admitted = { device: 'active', certificate: 'current', notAfter: certificate.notAfter }
        expect(await admission.findByCertificate(press, certificate.fingerprint)).toEqual(admitted)
        expect(await admission.findByCertificate(setter, certificate.fingerprint)).toMatchObject({ certificate: 'unknown', notAfter: 0 })
        expect(await admission.findByCertificate('nobody' as DeviceId, certificate.fingerprint)).toMatchObject({
          device: 'unknown',
          certificate: 'unknown',
        })
      }))

    it('supersedes the older certificate only when the newer one carried a tunnel', () =>
      withStore(async ({ store, admission, open }) => {
        await open(press, hash)
        const [old, renewed] = [certificateOf(press, 'k1', 'c1'), certificateOf(press, 'k2', 'c2')]
        const standing = async (of: CertificateRecord) => (await admission.findByCertificate(press, of.fingerprint)).certificate
        await claim(store, old)
        await store.addCertificate(renewed)
        await store.confirmFirstTunnel(press, old.fingerprint, 1)
        expect([await standing(old), await standing(renewed)]).toEqual(['current', 'current'])
        await store.confirmFirstTunnel(press, renewed.fingerprint, 2)
        expect([await standing(old), await standing(renewed)]).toEqual(['superseded', 'current'])
      }))

    it('opens a used enrolment anew with another password', () =>
      withStore(async ({ store, open }) => {
        await open(press, hash)
        const certificate = certificateOf(press, 'k1', 'c1')
        await claim(store, certificate)
        await store.confirmFirstTunnel(press, certificate.fingerprint, 1_790_000_000_111)
        await open(press, 'b'.repeat(64))
        expect(await store.find(press)).toMatchObject({
          state: 'open',
          passwordHash: 'b'.repeat(64),
          certificatePem: null,
          firstTunnelAt: null,
        })
        expect(await claim(store, certificateOf(press, 'k2', 'c2'))).toEqual({ outcome: 'claimed' })
      }))
  })
}
