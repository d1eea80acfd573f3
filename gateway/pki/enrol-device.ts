import { X509Certificate } from 'node:crypto'
import type { Clock } from '../basics/clock.ts'
import type { DeviceId } from '../basics/ids.ts'
import type { CertificateAuthority } from './certificate-authority.ts'
import type { CheckedCsr } from './check-csr.ts'
import type { EnrolmentAlarm } from './enrolment-alarm.ts'
import { EnrolmentRefusal } from './enrolment-refusal.ts'
import type { EnrolmentRecord, EnrolmentStore } from './enrolment-store.ts'
import { certificateRecord } from './certificate-record.ts'
import type { LateRenewals } from './renew-late.ts'
import type { PendingEnrolments } from './pending-enrolments.ts'

export interface EnrolmentRoom {
  readonly authority: CertificateAuthority
  readonly store: EnrolmentStore
  readonly clock: Clock
  readonly certificateLifetimeMs: number
  /** Where a person has to compare the machine's code first; null: the one-time password is enough. */
  readonly pending?: PendingEnrolments | null
  /** For machines whose certificate ended while they were away; null: they enrol anew. */
  readonly late?: LateRenewals | null
  onAlarm(alarm: EnrolmentAlarm): void
}

declare const brand: unique symbol
/** A record whose password the caller has just given. */
export type ProvenEnrolment = EnrolmentRecord & { readonly [brand]: 'ProvenEnrolment' }

/**
 * The first certificate of a device (design.md, section 4). Until its first tunnel the same key gets the same certificate again, since the
 * answer may have been lost in a power cut; another key locks the enrolment.
 *
 * @throws EnrolmentRefusal
 */
export async function enrolDevice(
  room: EnrolmentRoom,
  enrolment: ProvenEnrolment,
  csr: CheckedCsr,
  remoteAddress: string,
): Promise<X509Certificate> {
  const { deviceId } = enrolment
  if (enrolment.state !== 'open') return enrolAgain(room, enrolment, csr, remoteAddress)
  if (room.pending && !(await room.store.isKeyConfirmed(enrolment, csr.publicKeyFingerprint))) {
    room.pending.put(deviceId, csr.publicKeyFingerprint)
    throw new EnrolmentRefusal(
      202,
      `Compare the code at the panel of ${deviceId} with the one in the portal, under Devices, and confirm it there.`,
    )
  }
  const certificate = await room.authority.issueDeviceCertificate(deviceId, csr, room.certificateLifetimeMs)
  const claim = await room.store.claim(deviceId, csr.publicKeyFingerprint, certificateRecord(deviceId, certificate))
  switch (claim.outcome) {
    case 'claimed':
      return certificate
    case 'exists':
      return enrolAgain(room, claim.record, csr, remoteAddress)
    case 'public_key_taken':
      throw keyTaken(deviceId)
    case 'not_open':
      throw locked(deviceId)
  }
}

async function enrolAgain(room: EnrolmentRoom, record: EnrolmentRecord, csr: CheckedCsr, remoteAddress: string): Promise<X509Certificate> {
  const { deviceId } = record
  if (record.state === 'locked') throw locked(deviceId)
  if (record.firstTunnelAt !== null)
    throw new EnrolmentRefusal(403, `The one-time password of ${deviceId} was used up. Ask your service administrator for a new one.`)
  if (record.publicKeyFingerprint !== csr.publicKeyFingerprint || record.certificatePem === null) {
    await room.store.lock(deviceId, 'the one-time password came with another key')
    room.onAlarm({ kind: 'other_key', deviceId, remoteAddress })
    throw new EnrolmentRefusal(
      409,
      `${deviceId} was enrolled with another key before. Its enrolment is locked now and the administrator was told.`,
    )
  }
  const certificate = new X509Certificate(record.certificatePem)
  if (certificate.validToDate.getTime() <= room.clock.nowMs()) {
    throw new EnrolmentRefusal(
      403,
      `The certificate of ${deviceId} ended before its first connection. Ask your service administrator for a new password.`,
    )
  }
  return certificate
}

export const keyTaken = (deviceId: DeviceId): EnrolmentRefusal =>
  new EnrolmentRefusal(
    409,
    `Another device has the key that ${deviceId} sent. Make a new key on this machine; never copy a state directory.`,
  )

const locked = (deviceId: DeviceId): EnrolmentRefusal =>
  new EnrolmentRefusal(403, `The enrolment of ${deviceId} is locked. Ask your service administrator to look at it and to open it anew.`)
