import 'reflect-metadata'
import { X509Certificate } from 'node:crypto'
import { SubjectAlternativeNameExtension, X509Certificate as OtherCertificate } from '@peculiar/x509'
import { deviceIdentity } from '../../../../gateway/pki/device-identity.ts'
import type { VerifiedCertificate } from '../../../../gateway/pki/verified-certificate.ts'
import { type FuzzTarget, holds } from '../fuzz-target.ts'
import { fixedCertificate, fixedDeviceCertificate } from './fixed-certificates.ts'

/**
 * Who a certificate says it is, whatever authority would sign: nobody, or the one device that an independent reader finds as its only name (X.509-SVID,
 * section 2; Teleport CVE-2025-49825, step-ca CVE-2026-40097).
 */
export const target: FuzzTarget = {
  name: 'device-certificate',
  covers: ['gateway/pki/device-identity.ts', 'gateway/pki/fingerprint.ts'],
  mostBytes: 16 * 1024,
  seeds: [fixedDeviceCertificate, fixedCertificate],
  words: ['spiffe://sallyport.example/device/', 'press-7, URI:', 'DNS:', '\0'],
  attempt(bytes) {
    const certificate = attempted(() => new X509Certificate(bytes))
    // The chain's verdict is OpenSSL's, and comes first: here it is taken for good.
    const identity = certificate && deviceIdentity(certificate as VerifiedCertificate, 'sallyport.example')
    if (identity === undefined) return
    holds(Number.isFinite(identity.notAfter), 'its end is no time')
    const names = attempted(
      () => new OtherCertificate(new Uint8Array(bytes)).getExtension(SubjectAlternativeNameExtension)?.names.items ?? [],
    )
    // It reads other members strictly that say nothing of who it is.
    if (names === undefined) return
    holds(names.length === 1, 'another reader finds another number of names')
    holds(
      names[0]?.type === 'url' && names[0].value === `spiffe://sallyport.example/device/${identity.deviceId}`,
      'another reader finds another name',
    )
  },
}

function attempted<Value>(read: () => Value): Value | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
