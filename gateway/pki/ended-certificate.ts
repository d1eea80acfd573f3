import type { X509Certificate } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import { peerCertificate } from '../../agent/wire/peer-certificate.ts'
import type { CertificateAuthority } from './certificate-authority.ts'
import { verifiedCertificate } from './verified-certificate.ts'

declare const brand: unique symbol

/** A leaf that an authority of ours issued while it was valid itself, whose time is over, and whose key the peer proved to have in this very handshake. */
export type EndedCertificate = X509Certificate & { readonly [brand]: 'EndedCertificate' }

/**
 * OpenSSL goes on after each objection when nobody ends the handshake, and tells the last one: "it has ended" hides that a chain leads nowhere.
 * So its verdict opens this way and decides nothing on it: here the signature is checked against our own authorities alone, each of them directly below the
 * root, and behind it our records must have this very certificate. Names and uses of the leaf are `endedIdentity`'s.
 *
 * @param nowMs by the gateway's clock, Unix milliseconds
 */
export function endedCertificate(
  socket: TLSSocket,
  { issuers }: Pick<CertificateAuthority, 'issuers'>,
  nowMs: number,
): EndedCertificate | undefined {
  const verdict = verifiedCertificate(socket)
  if ('refusal' in verdict && verdict.refusal !== 'expired') return undefined
  const certificate = peerCertificate(socket)
  // A resumed session proves nothing.
  if (certificate === undefined || socket.isSessionReused()) return undefined
  const [from, until] = [certificate.validFromDate.getTime(), certificate.validToDate.getTime()]
  if (!(from <= until && until <= nowMs)) return undefined
  const issuer = issuers.find((one) => certificate.checkIssued(one) && certificate.verify(one.publicKey))
  if (issuer === undefined) return undefined
  const wasValid = issuer.validFromDate.getTime() <= from && until <= issuer.validToDate.getTime()
  return wasValid ? (certificate as EndedCertificate) : undefined
}
