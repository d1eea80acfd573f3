import { X509Certificate } from 'node:crypto'
import type { DeviceAdmission } from '../devices/device-admission.ts'
import { certificateRecord } from './certificate-record.ts'
import type { CheckedCsr } from './check-csr.ts'
import type { EndedIdentity } from './device-identity.ts'
import { keyTaken } from './enrol-device.ts'
import type { EnrolmentRoom } from './enrol-device.ts'
import { EnrolmentRefusal } from './enrolment-refusal.ts'
import { publicKeyFingerprint } from './fingerprint.ts'
import type { LateRenewal, LateRenewalStore } from './late-renewal-store.ts'
import type { WaitingRenewals } from './waiting-renewals.ts'

/** How machines come back whose certificate ended while they were away. */
export interface LateRenewals {
  readonly store: LateRenewalStore
  readonly waiting: WaitingRenewals
  /** For so long after its end the key of a certificate is enough; 0: a person confirms each. */
  readonly periodMs: number
  /** What the portal shows about a device has changed. */
  onChange(deviceId: LateRenewal['deviceId']): void
}

/** A machine that was confirmed asks within minutes: what nobody took for so long is good no more. */
const confirmedForMs = 24 * 3_600_000

declare const brand: unique symbol
/** A device whose certificate has ended, and of which our records know nothing worse. */
export type LateDevice = EndedIdentity & { readonly [brand]: 'LateDevice' }

/** As for a renewal in time, but for the time. A certificate that a newer one has taken the place of is over for good. @throws EnrolmentRefusal */
export async function mayRenewLate(admission: DeviceAdmission, identity: EndedIdentity): Promise<LateDevice> {
  const { deviceId } = identity
  const { device, certificate } = await admission.findByCertificate(deviceId, identity.fingerprint)
  if (device === 'unknown' || certificate === 'unknown')
    throw new EnrolmentRefusal(403, `${deviceId} with this certificate is not known here.`)
  if (device === 'suspended') throw new EnrolmentRefusal(403, `${deviceId} is suspended.`)
  if (device !== 'active' || certificate !== 'current')
    throw new EnrolmentRefusal(
      403,
      `${deviceId} or its certificate was revoked or replaced. A machine that was put back from a backup needs a new one-time password.`,
    )
  return identity as LateDevice
}

/**
 * A new certificate for a device that shows one that has ended: by itself within the period, else when an administrator has agreed to this
 * certificate and this key; until then it waits (RFC 7030, section 4.2.3). Each is an event.
 *
 * @throws EnrolmentRefusal
 */
export async function renewLate(
  room: EnrolmentRoom,
  late: LateRenewals,
  device: LateDevice,
  csr: CheckedCsr,
  remoteAddress: string,
): Promise<X509Certificate> {
  const { deviceId, fingerprint, notAfter } = device
  const nowMs = room.clock.nowMs()
  const newest = await late.store.newest(deviceId)
  if (newest === undefined) throw new EnrolmentRefusal(403, `${deviceId} with this certificate is not known here.`)
  const hasEnded = newest.notAfter <= nowMs
  const isNewest = newest.fingerprint === fingerprint
  // The answer before may have been lost in a power cut: the same again, and nothing new.
  if (!isNewest && !hasEnded && newest.standing === 'current' && newest.publicKeyFingerprint === csr.publicKeyFingerprint)
    return new X509Certificate(newest.pem)

  const decided = await decisionOn(late, device)
  const enrolment = await room.store.find(deviceId)
  const byItself =
    nowMs - notAfter <= late.periodMs &&
    late.periodMs > 0 &&
    decided?.standing !== 'refused' &&
    // A password that somebody opened anew, or that locked, says that somebody doubts.
    enrolment?.state === 'used' &&
    // With a newer one in the world, this may be the copy: unless that is of the same key, and over as well.
    (isNewest || (hasEnded && newest.publicKeyFingerprint === publicKeyFingerprint(device.certificate)))
  const isConfirmed =
    decided?.standing === 'confirmed' &&
    decided.publicKeyFingerprint === csr.publicKeyFingerprint &&
    nowMs - decided.decidedAt <= confirmedForMs
  if (!byItself && !isConfirmed) return wait(room, late, device, csr, remoteAddress, decided)

  const certificate = await room.authority.issueDeviceCertificate(deviceId, csr, room.certificateLifetimeMs)
  const outcome = await late.store.renew({
    certificate: certificateRecord(deviceId, certificate),
    ended: { fingerprint, notAfter },
    newest: newest.fingerprint,
    confirmedSince: byItself ? null : nowMs - confirmedForMs,
    atMs: nowMs,
  })
  if (outcome === 'public_key_taken') throw keyTaken(deviceId)
  if (outcome === 'overtaken') throw new EnrolmentRefusal(503, `Something about ${deviceId} changed meanwhile. Ask again.`)
  late.waiting.drop(deviceId)
  late.onChange(deviceId)
  return certificate
}

async function decisionOn({ store }: LateRenewals, { deviceId, fingerprint }: LateDevice): Promise<LateRenewal | undefined> {
  const found = await store.find(deviceId)
  return found?.certificate === fingerprint ? found : undefined
}

async function wait(
  room: EnrolmentRoom,
  late: LateRenewals,
  { deviceId, fingerprint: certificate, notAfter: endedAt, certificate: ended }: LateDevice,
  { publicKeyFingerprint: key }: CheckedCsr,
  remoteAddress: string,
  decided: LateRenewal | undefined,
): Promise<never> {
  const isOwnKey = key === publicKeyFingerprint(ended)
  const ask = { deviceId, certificate, publicKeyFingerprint: key, isOwnKey, endedAt, remoteAddress }
  const isRefused = decided?.standing === 'refused' && decided.publicKeyFingerprint === key
  const put = late.waiting.put(ask, isRefused)
  if (put === 'other' && !isRefused) {
    room.onAlarm({ kind: 'other_key_late', deviceId, remoteAddress })
    throw new EnrolmentRefusal(409, `Another key waits for the same machine (${deviceId}). The administrator was told.`)
  }
  if (typeof put === 'object') room.onAlarm({ kind: 'other_key_late', deviceId, remoteAddress: put.remoteAddress })
  if (put === 'new' || typeof put === 'object') {
    // Nobody waits unrecorded: what could not be written is asked again.
    await late.store.noteWaiting(ask).catch((error: unknown) => {
      late.waiting.drop(deviceId)
      throw error
    })
    late.onChange(deviceId)
  }
  if (isRefused)
    throw new EnrolmentRefusal(403, `An administrator refused to renew the certificate of ${deviceId}. Ask for a new one-time password.`)
  throw new EnrolmentRefusal(
    202,
    `The certificate of ${deviceId} ended too long ago. An administrator has to confirm it in the portal, under Devices.`,
    late.waiting.retryS,
  )
}
