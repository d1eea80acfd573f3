import type { DeviceId } from '../basics/ids.ts'

export type DeviceStanding = 'active' | 'suspended' | 'revoked' | 'unknown'

/** `current` also for a renewed certificate that has not carried a tunnel yet and for the one before it; `superseded` once a newer one has. */
export type CertificateStanding = 'current' | 'superseded' | 'revoked' | 'unknown'

export interface AdmissionRecord {
  readonly device: DeviceStanding
  /** Of this certificate and this device together: a certificate recorded for another device is `unknown`. */
  readonly certificate: CertificateStanding
  /** Unix milliseconds; 0 when the certificate is unknown. */
  readonly notAfter: number
}

/** What the tunnel and renewal ask our own records about, on every connection. */
export interface DeviceAdmission {
  /** `fingerprintSha256`: lower-case hex of the SHA-256 of the certificate's DER. */
  findByCertificate(deviceId: DeviceId, fingerprintSha256: string): Promise<AdmissionRecord>
}
