import type { X509Certificate } from 'node:crypto'
import type { DeviceId } from '../basics/ids.ts'
import type { CertificateRecord } from './enrolment-store.ts'
import { certificateFingerprint, publicKeyFingerprint } from './fingerprint.ts'

export function certificateRecord(deviceId: DeviceId, certificate: X509Certificate): CertificateRecord {
  return {
    deviceId,
    fingerprint: certificateFingerprint(certificate),
    serial: certificate.serialNumber.toLowerCase().replace(/^0+(?=.)/, ''),
    publicKeyFingerprint: publicKeyFingerprint(certificate),
    pem: certificate.toString(),
    notBefore: certificate.validFromDate.getTime(),
    notAfter: certificate.validToDate.getTime(),
  }
}
