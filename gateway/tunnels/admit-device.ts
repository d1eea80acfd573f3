import type { TunnelRefusal } from '../../agent/wire/agent-api.ts'
import type { AdmissionRecord, DeviceAdmission } from '../devices/device-admission.ts'
import type { DeviceIdentity } from '../pki/device-identity.ts'

declare const brand: unique symbol
/** A device that our records let in, just now. */
export type AdmittedDevice = DeviceIdentity & { readonly [brand]: 'AdmittedDevice' }

/** Asks our own records, on every connection: a certificate is good only while they say so. */
export async function admitDevice(
  admission: DeviceAdmission,
  identity: DeviceIdentity,
  nowMs: number,
): Promise<{ readonly device: AdmittedDevice } | { readonly refusal: TunnelRefusal; readonly detail: string }> {
  const record = await admission.findByCertificate(identity.deviceId, identity.fingerprint)
  const refusal = refusalOf(record, Math.min(record.notAfter, identity.notAfter), nowMs)
  if (refusal === undefined) return { device: identity as AdmittedDevice }
  return { refusal, detail: `device ${record.device}, certificate ${record.certificate}` }
}

function refusalOf({ device, certificate }: AdmissionRecord, notAfter: number, nowMs: number): TunnelRefusal | undefined {
  if (device === 'unknown' || certificate === 'unknown') return 'unknown-device'
  if (device === 'revoked' || certificate === 'revoked' || certificate === 'superseded') return 'revoked'
  if (device === 'suspended') return 'suspended'
  if (notAfter <= nowMs) return 'expired'
  // Anything that is not one of the words above does not come in.
  return device === 'active' && certificate === 'current' ? undefined : 'unknown-device'
}
