import { createHash } from 'node:crypto'
import type { X509Certificate } from 'node:crypto'

/** Lower-case hex of the SHA-256: the name of a certificate (of its DER) or of a public key (of its SubjectPublicKeyInfo). */
export function sha256Hex(der: Uint8Array): string {
  return createHash('sha256').update(der).digest('hex')
}

export function certificateFingerprint(certificate: X509Certificate): string {
  return sha256Hex(certificate.raw)
}

/** As OpenSSL writes the key again, so that two encodings of one key are one. */
export function publicKeyFingerprint(certificate: X509Certificate): string {
  return sha256Hex(certificate.publicKey.export({ type: 'spki', format: 'der' }))
}
