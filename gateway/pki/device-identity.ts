import type { X509Certificate } from 'node:crypto'
import { isDeviceId } from '../basics/ids.ts'
import type { DeviceId } from '../basics/ids.ts'
import { certificateFingerprint } from './fingerprint.ts'
import type { EndedCertificate } from './ended-certificate.ts'
import { clientAuth } from './issue-certificate.ts'
import type { VerifiedCertificate } from './verified-certificate.ts'

declare const brand: unique symbol
declare const ended: unique symbol

/** Who a verified certificate says it is. Whether that device may come in is another question (`DeviceAdmission`). */
export interface DeviceIdentity {
  readonly [brand]: 'DeviceIdentity'
  readonly deviceId: DeviceId
  readonly certificate: VerifiedCertificate
  readonly fingerprint: string
  /** Unix milliseconds. */
  readonly notAfter: number
}

/** Who a certificate says it was for that has ended. No door takes it: it serves to ask for another one. */
export interface EndedIdentity extends Omit<DeviceIdentity, typeof brand | 'certificate'> {
  readonly [ended]: 'EndedIdentity'
  readonly certificate: EndedCertificate
}

export const deviceUri = (trustDomain: string, deviceId: DeviceId): string => `spiffe://${trustDomain}/device/${deviceId}`

/**
 * The identity is exactly one subject alternative name, a URI of exactly our trust domain, on a leaf for clientAuth and nothing else
 * (X.509-SVID, sections 2 and 4). Subject, issuer and the rest of what the peer sent say nothing.
 */
export function deviceIdentity(certificate: VerifiedCertificate, trustDomain: string): DeviceIdentity | undefined {
  return readIdentity(certificate, trustDomain) as DeviceIdentity | undefined
}

/** By the same rules. */
export function endedIdentity(certificate: EndedCertificate, trustDomain: string): EndedIdentity | undefined {
  return readIdentity(certificate, trustDomain) as EndedIdentity | undefined
}

function readIdentity(certificate: X509Certificate, trustDomain: string): object | undefined {
  if (certificate.ca || certificate.keyUsage?.length !== 1 || certificate.keyUsage[0] !== clientAuth) return undefined
  // Node joins several names with ', ' and quotes odd ones; neither comma nor quote can be in a device id, so this is one name.
  const prefix = `URI:${deviceUri(trustDomain, '' as DeviceId)}`
  const names = certificate.subjectAltName ?? ''
  const deviceId = names.startsWith(prefix) ? names.slice(prefix.length) : ''
  if (!isDeviceId(deviceId)) return undefined
  // A time that cannot be read is no number, and no comparison would ever find that it is over.
  const notAfter = certificate.validToDate.getTime()
  if (!Number.isFinite(notAfter)) return undefined
  return { deviceId, certificate, fingerprint: certificateFingerprint(certificate), notAfter }
}
