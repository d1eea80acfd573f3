import { createHash } from 'node:crypto'
import type { KeyObject, X509Certificate } from 'node:crypto'
import { AgentError } from '../basics/agent-error.ts'

/** What the device shows to the gateway, and signs with. */
export interface Credential {
  readonly privateKey: KeyObject
  /** The device's certificate first, then what leads to the root. */
  readonly chainPem: string
  readonly certificate: X509Certificate
  /** `spiffe://<trust domain>/device/<device id>` */
  readonly spiffeId: string
  /** base64url SHA-256 of the certificate's DER: `x5t#S256`. */
  readonly thumbprint: string
  readonly notBeforeMs: number
  readonly notAfterMs: number
}

export interface CredentialOptions {
  readonly privateKey: KeyObject
  readonly certificates: readonly X509Certificate[]
  readonly spiffeId: string
  readonly nowMs: number
  /** Takes one whose time is over as well. Default: false. */
  readonly endedToo?: boolean
}

const clientAuth = '1.3.6.1.5.5.7.3.2'

/**
 * Takes certificates only when one is for our key and for us: exactly one SAN, our SPIFFE id, and usable as a client.
 *
 * @throws AgentError `foreign_certificate`, `certificate_expired`
 */
export function checkCredential(options: CredentialOptions): Credential {
  const { privateKey, certificates, spiffeId } = options
  const certificate = certificates.find((one) => one.checkPrivateKey(privateKey))
  if (certificate === undefined) throw foreign('is for another key')
  if (certificate.subjectAltName !== `URI:${spiffeId}`) throw foreign(`is not for ${spiffeId}`)
  if (certificate.ca) throw foreign('is one of an authority')
  if (!(certificate.keyUsage ?? []).includes(clientAuth)) throw foreign('is not for clients')
  const notAfterMs = certificate.validToDate.getTime()
  if (notAfterMs <= options.nowMs && options.endedToo !== true)
    throw new AgentError({
      code: 'certificate_expired',
      message: `The device's certificate ran out on ${certificate.validToDate.toISOString()}.`,
    })
  return {
    privateKey,
    certificate,
    chainPem: chain(certificate, certificates)
      .map((one) => one.toString())
      .join(''),
    spiffeId,
    thumbprint: createHash('sha256').update(certificate.raw).digest('base64url'),
    notBeforeMs: certificate.validFromDate.getTime(),
    notAfterMs,
  }
}

function chain(leaf: X509Certificate, all: readonly X509Certificate[]): X509Certificate[] {
  const found = [leaf]
  for (let last = leaf; found.length <= all.length;) {
    const issuer = all.find((one) => !found.includes(one) && one.ca && last.checkIssued(one))
    if (issuer === undefined || issuer.checkIssued(issuer)) break
    found.push(issuer)
    last = issuer
  }
  return found
}

function foreign(why: string): AgentError {
  return new AgentError({ code: 'foreign_certificate', message: `The certificate ${why}.` })
}
