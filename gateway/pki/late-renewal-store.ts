import type { DeviceId } from '../basics/ids.ts'
import type { CertificateStanding } from '../devices/device-admission.ts'
import type { NewEvent } from '../ledger/event.ts'
import type { CertificateRecord } from './enrolment-store.ts'

/** The last that was decided about a certificate of a device that has ended. */
export interface LateRenewal {
  readonly deviceId: DeviceId
  /** Fingerprint of the certificate that has ended. */
  readonly certificate: string
  /** Of the key that may have, may not have, or got a new certificate. */
  readonly publicKeyFingerprint: string
  /** `renewed`: a new certificate was issued for it. */
  readonly standing: 'confirmed' | 'refused' | 'renewed'
  /** Whether a person decided. */
  readonly byPerson: boolean
  /** Unix milliseconds: the end of the certificate. */
  readonly endedAt: number
  /** Unix milliseconds. */
  readonly decidedAt: number
}

export interface LateOrder {
  readonly certificate: CertificateRecord
  /** The one that has ended: it must still be the device's, and the device in service, when this is written. */
  readonly ended: { readonly fingerprint: string; readonly notAfter: number }
  /** Fingerprint of the newest certificate of the device as it was judged. */
  readonly newest: string
  /** A person has to have agreed to this certificate and this key, since this moment (Unix milliseconds); null: nobody has to. */
  readonly confirmedSince: number | null
  /** Unix milliseconds. */
  readonly atMs: number
}

/** Renewals with a certificate that has ended. Every operation is atomic and durable when it resolves. */
export interface LateRenewalStore {
  /** The certificate that was issued last to this device, whatever became of it. */
  newest(deviceId: DeviceId): Promise<(CertificateRecord & { readonly standing: CertificateStanding }) | undefined>
  find(deviceId: DeviceId): Promise<LateRenewal | undefined>
  findMany(deviceIds: readonly DeviceId[]): Promise<ReadonlyMap<DeviceId, LateRenewal>>
  /** That a machine has begun to wait for a person. */
  noteWaiting(ask: Pick<LateRenewal, 'deviceId' | 'certificate' | 'publicKeyFingerprint' | 'endedAt'>): Promise<void>
  decide(renewal: LateRenewal, events: readonly NewEvent[]): Promise<void>
  /** Records the new certificate; a confirmation is used up by it. `overtaken`: something of the order holds no longer, and nothing was changed. */
  renew(order: LateOrder): Promise<'renewed' | 'public_key_taken' | 'overtaken'>
}
