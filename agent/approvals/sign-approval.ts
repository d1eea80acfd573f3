import { constants, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { approvalType } from '../wire/approval.ts'
import type { ApprovalClaims, ApprovalHeader } from '../wire/approval.ts'

export interface ApprovalSigner {
  readonly privateKey: KeyObject
  /** base64url SHA-256 of the certificate that the tunnel is open with. */
  readonly thumbprint: string
}

/** Compact JWS (RFC 7515) over the claims: ES256 with r and s side by side (RFC 7518, section 3.4), PS256 with a salt as long as the hash (section 3.5). */
export function signApproval(claims: ApprovalClaims, signer: ApprovalSigner): string {
  const rsa = signer.privateKey.asymmetricKeyType === 'rsa'
  const header: ApprovalHeader = { alg: rsa ? 'PS256' : 'ES256', typ: approvalType, 'x5t#S256': signer.thumbprint }
  const input = `${encode(header)}.${encode(claims)}`
  const key = rsa
    ? { key: signer.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : { key: signer.privateKey, dsaEncoding: 'ieee-p1363' as const }
  return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value), 'utf8').toString('base64url')
}
