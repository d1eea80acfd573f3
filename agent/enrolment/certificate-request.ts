import { createPublicKey, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { der, derBits, derNull, derOid, derSequence, derSet, derSmallInteger, derUtf8 } from './der-writer.ts'

const commonName = '2.5.4.3'
const ecdsaWithSha256 = '1.2.840.10045.4.3.2'
const sha256WithRsa = '1.2.840.113549.1.1.11'

/**
 * A PKCS#10 request (RFC 2986) in DER, signed with SHA-256. It carries a common name and no wishes: the identity in the certificate
 * comes from the gateway's enrolment record.
 */
export function certificateRequest(options: { readonly privateKey: KeyObject; readonly commonName: string }): Buffer {
  const { privateKey } = options
  const subject = derSequence(derSet(derSequence(derOid(commonName), derUtf8(options.commonName))))
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' })
  const info = derSequence(derSmallInteger(0), subject, publicKey, der(0xa0))
  const algorithm =
    privateKey.asymmetricKeyType === 'rsa' ? derSequence(derOid(sha256WithRsa), derNull()) : derSequence(derOid(ecdsaWithSha256))
  return derSequence(info, algorithm, derBits(sign('sha256', info, privateKey)))
}
