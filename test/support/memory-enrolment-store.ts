import type { DeviceId } from '../../gateway/basics/ids.ts'
import type { AdmissionRecord, CertificateStanding, DeviceAdmission, DeviceStanding } from '../../gateway/devices/device-admission.ts'
import type { CertificateRecord, ClaimOutcome, EnrolmentRecord, EnrolmentStore } from '../../gateway/pki/enrolment-store.ts'

/** A fake for tests that passes `enrolmentStoreContract`, with the admission port over the same records. */
export interface MemoryEnrolmentStore extends EnrolmentStore, DeviceAdmission {
  open(deviceId: DeviceId, passwordHash: string): void
  confirmKey(deviceId: DeviceId, publicKeyFingerprint: string): void
  setStanding(deviceId: DeviceId, standing: DeviceStanding): void
  revokeCertificate(fingerprint: string): void
}

export function memoryEnrolmentStore(): MemoryEnrolmentStore {
  const enrolments = new Map<DeviceId, EnrolmentRecord>()
  const certificates = new Map<string, CertificateRecord & { standing: CertificateStanding; readonly order: number }>()
  const confirmed = new Map<string, string>()
  const standings = new Map<DeviceId, DeviceStanding>()

  const keyIsTaken = ({ deviceId, publicKeyFingerprint }: CertificateRecord): boolean =>
    [...certificates.values()].some((other) => other.publicKeyFingerprint === publicKeyFingerprint && other.deviceId !== deviceId)
  const record = (certificate: CertificateRecord): void =>
    void certificates.set(certificate.fingerprint, { ...certificate, standing: 'current', order: certificates.size })
  const change = (deviceId: DeviceId, to: Partial<EnrolmentRecord>): void => {
    const enrolment = enrolments.get(deviceId)
    if (enrolment !== undefined) enrolments.set(deviceId, { ...enrolment, ...to })
  }

  function claim(deviceId: DeviceId, publicKeyFingerprint: string, certificate: CertificateRecord): ClaimOutcome {
    const enrolment = enrolments.get(deviceId)
    if (enrolment === undefined || enrolment.state === 'locked') return { outcome: 'not_open' }
    if (enrolment.state === 'used') return { outcome: 'exists', record: enrolment }
    if (keyIsTaken(certificate)) return { outcome: 'public_key_taken' }
    record(certificate)
    change(deviceId, { state: 'used', publicKeyFingerprint, certificatePem: certificate.pem })
    return { outcome: 'claimed' }
  }

  function confirm(deviceId: DeviceId, fingerprint: string, atMs: number): void {
    const confirmed = certificates.get(fingerprint)
    if (confirmed?.deviceId !== deviceId) return
    if (enrolments.get(deviceId)?.firstTunnelAt === null) change(deviceId, { firstTunnelAt: atMs })
    for (const other of certificates.values()) {
      if (other.deviceId === deviceId && other.order < confirmed.order && other.standing === 'current') other.standing = 'superseded'
    }
  }

  function admissionOf(deviceId: DeviceId, fingerprint: string): AdmissionRecord {
    const found = certificates.get(fingerprint)
    const certificate = found?.deviceId === deviceId ? found : undefined
    return {
      device: standings.get(deviceId) ?? (enrolments.has(deviceId) ? 'active' : 'unknown'),
      certificate: certificate?.standing ?? 'unknown',
      notAfter: certificate?.notAfter ?? 0,
    }
  }

  return {
    find: (deviceId) => Promise.resolve(enrolments.get(deviceId)),
    claim: (deviceId, key, certificate) => Promise.resolve(claim(deviceId, key, certificate)),
    isKeyConfirmed: ({ deviceId, passwordHash }, key) => Promise.resolve(confirmed.get(`${deviceId} ${passwordHash}`) === key),
    lock: (deviceId) => Promise.resolve(change(deviceId, { state: 'locked' })),
    confirmFirstTunnel: (deviceId, fingerprint, atMs) => Promise.resolve(confirm(deviceId, fingerprint, atMs)),
    addCertificate(certificate) {
      if (keyIsTaken(certificate)) return Promise.resolve('public_key_taken')
      record(certificate)
      return Promise.resolve('added')
    },
    findCertificate(fingerprint) {
      const found = certificates.get(fingerprint)
      if (found === undefined) return Promise.resolve(undefined)
      const { standing: _standing, order: _order, ...certificate } = found
      return Promise.resolve(certificate)
    },
    findByCertificate: (deviceId, fingerprint) => Promise.resolve(admissionOf(deviceId, fingerprint)),
    open(deviceId, passwordHash) {
      const fresh = { state: 'open', publicKeyFingerprint: null, certificatePem: null, firstTunnelAt: null } as const
      enrolments.set(deviceId, { deviceId, passwordHash, ...fresh })
    },
    confirmKey(deviceId, publicKeyFingerprint) {
      const enrolment = enrolments.get(deviceId)
      if (enrolment?.state === 'open') confirmed.set(`${deviceId} ${enrolment.passwordHash}`, publicKeyFingerprint)
    },
    setStanding: (deviceId, standing) => void standings.set(deviceId, standing),
    revokeCertificate(fingerprint) {
      const found = certificates.get(fingerprint)
      if (found !== undefined) found.standing = 'revoked'
    },
  }
}
