import type { X509Certificate } from 'node:crypto'
import type { DeviceAdmission } from '../devices/device-admission.ts'
import { certificateRecord } from './certificate-record.ts'
import type { CheckedCsr } from './check-csr.ts'
import type { DeviceIdentity } from './device-identity.ts'
import { keyTaken } from './enrol-device.ts'
import type { EnrolmentRoom } from './enrol-device.ts'
import { EnrolmentRefusal } from './enrolment-refusal.ts'

declare const brand: unique symbol
/** A device that our records let renew its certificate. */
export type RenewingDevice = DeviceIdentity & { readonly [brand]: 'RenewingDevice' }

/** Our own records decide, on every connection. @throws EnrolmentRefusal */
export async function mayRenew(admission: DeviceAdmission, identity: DeviceIdentity, nowMs: number): Promise<RenewingDevice> {
  const { device, certificate, notAfter } = await admission.findByCertificate(identity.deviceId, identity.fingerprint)
  const { deviceId } = identity
  if (device === 'unknown' || certificate === 'unknown')
    throw new EnrolmentRefusal(403, `${deviceId} with this certificate is not known here.`)
  if (device === 'suspended') throw new EnrolmentRefusal(403, `${deviceId} is suspended.`)
  if (device !== 'active' || certificate !== 'current')
    throw new EnrolmentRefusal(403, `${deviceId} or its certificate was revoked or replaced.`)
  if (Math.min(notAfter, identity.notAfter) <= nowMs)
    throw new EnrolmentRefusal(403, `The certificate of ${deviceId} has ended. It must be enrolled anew.`)
  return identity as RenewingDevice
}

/** A new certificate for the same device, with the same key or a new one. The old one stays good until the new one carried a tunnel. */
export async function renewCertificate(room: EnrolmentRoom, { deviceId }: RenewingDevice, csr: CheckedCsr): Promise<X509Certificate> {
  const certificate = await room.authority.issueDeviceCertificate(deviceId, csr, room.certificateLifetimeMs)
  if ((await room.store.addCertificate(certificateRecord(deviceId, certificate))) === 'public_key_taken') throw keyTaken(deviceId)
  return certificate
}
