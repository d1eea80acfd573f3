import type { X509Certificate } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import { peerCertificate } from '../../agent/wire/peer-certificate.ts'

declare const brand: unique symbol

/** A leaf whose chain OpenSSL accepted in this very handshake, and whose key the peer proved to have. */
export type VerifiedCertificate = X509Certificate & { readonly [brand]: 'VerifiedCertificate' }

export type CertificateVerdict =
  | { readonly certificate: VerifiedCertificate }
  | { readonly refusal: 'no-certificate' | 'bad-certificate' | 'expired'; readonly detail: string }

/** OpenSSL's verdict, as it is: what else the peer sent along with its leaf never counts. */
export function verifiedCertificate(socket: TLSSocket): CertificateVerdict {
  const certificate = peerCertificate(socket)
  if (certificate === undefined) return { refusal: 'no-certificate', detail: 'no certificate was sent' }
  if (socket.authorized !== true) {
    const detail = verdictOf(socket)
    return { refusal: detail === 'CERT_HAS_EXPIRED' ? 'expired' : 'bad-certificate', detail }
  }
  if (socket.isSessionReused()) return { refusal: 'bad-certificate', detail: 'a resumed session proves nothing' }
  return { certificate: certificate as VerifiedCertificate }
}

/** Typed as an Error and in fact OpenSSL's code as a string: Node's documentation says neither. */
function verdictOf(socket: TLSSocket): string {
  const verdict: unknown = socket.authorizationError
  return typeof verdict === 'string' ? verdict : verdict instanceof Error && 'code' in verdict ? String(verdict.code) : 'unverified'
}
