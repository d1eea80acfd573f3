import type { DeviceId } from '../basics/ids.ts'

/** `open`: nobody enrolled yet. `used`: a certificate was issued. `locked`: another key came with the same password; only an administrator opens it anew. */
export type EnrolmentState = 'open' | 'used' | 'locked'

export interface EnrolmentRecord {
  readonly deviceId: DeviceId
  /** Lower-case hex of the SHA-256 of the one-time password, which is 128 random bits (`hashEnrolmentPassword`). */
  readonly passwordHash: string
  readonly state: EnrolmentState
  /** Lower-case hex of the SHA-256 of the SubjectPublicKeyInfo's DER. */
  readonly publicKeyFingerprint: string | null
  readonly certificatePem: string | null
  /** Unix milliseconds; from then on the password is dead. */
  readonly firstTunnelAt: number | null
}

export interface CertificateRecord {
  readonly deviceId: DeviceId
  /** Lower-case hex of the SHA-256 of the DER. */
  readonly fingerprint: string
  /** Lower-case hex without leading zeros. */
  readonly serial: string
  /** Lower-case hex of the SHA-256 of the SubjectPublicKeyInfo's DER. */
  readonly publicKeyFingerprint: string
  readonly pem: string
  /** Unix milliseconds. */
  readonly notBefore: number
  /** Unix milliseconds. */
  readonly notAfter: number
}

/**
 * `claimed`: recorded. `exists`: somebody claimed it before; nothing changed and `record` tells what. `public_key_taken`: another device has
 * this key. `not_open`: there is no such enrolment, or it is locked.
 */
export type ClaimOutcome =
  | { readonly outcome: 'claimed' }
  | { readonly outcome: 'exists'; readonly record: EnrolmentRecord }
  | { readonly outcome: 'public_key_taken' }
  | { readonly outcome: 'not_open' }

/** What enrolment and renewal keep. Every operation is atomic and durable when it resolves. `enrolmentStoreContract` says the rest. */
export interface EnrolmentStore {
  find(deviceId: DeviceId): Promise<EnrolmentRecord | undefined>
  /** `open` -> `used`, with the certificate recorded, or nothing at all. Of two at once exactly one gets `claimed`. */
  claim(deviceId: DeviceId, publicKeyFingerprint: string, certificate: CertificateRecord): Promise<ClaimOutcome>
  /** Whether a person has compared this key with the machine's, since the password of `record` was given. */
  isKeyConfirmed(record: EnrolmentRecord, publicKeyFingerprint: string): Promise<boolean>
  /** Ends the enrolment until an administrator opens it anew; certificates stay as they are. */
  lock(deviceId: DeviceId, reason: string): Promise<void>
  /**
   * The first tunnel with this certificate stands: the password is dead, and older certificates of the device are superseded.
   * May be called again and changes nothing then.
   */
  confirmFirstTunnel(deviceId: DeviceId, fingerprint: string, atMs: number): Promise<void>
  /** Records a renewed certificate beside the one in use. */
  addCertificate(certificate: CertificateRecord): Promise<'added' | 'public_key_taken'>
  /** A certificate that we issued, whatever became of it. */
  findCertificate(fingerprint: string): Promise<CertificateRecord | undefined>
}
