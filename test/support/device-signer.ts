import 'reflect-metadata'
import { createHash, webcrypto, X509Certificate } from 'node:crypto'
import { X509CertificateGenerator } from '@peculiar/x509'
import { CompactSign } from 'jose'
import { approvalType } from '../../agent/wire/approval.ts'

/** A device's key and certificate, and what it signs with them, without the agent's own code. */
export interface DeviceSigner {
  readonly certificatePem: string
  sign(claims: object, header?: object): Promise<string>
}

export async function deviceSigner(kind: 'EC' | 'RSA' = 'EC'): Promise<DeviceSigner> {
  const algorithm =
    kind === 'EC'
      ? { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
      : { name: 'RSA-PSS', hash: 'SHA-256', publicExponent: new Uint8Array([1, 0, 1]), modulusLength: 2048 }
  const issuing = kind === 'EC' ? algorithm : { ...algorithm, name: 'RSASSA-PKCS1-v1_5' }
  const keys = await webcrypto.subtle.generateKey(issuing, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: 'CN=device',
    notBefore: new Date(Date.UTC(2026, 0, 1)),
    notAfter: new Date(Date.UTC(2036, 0, 1)),
    keys,
    signingAlgorithm: issuing,
  })
  const certificatePem = certificate.toString('pem')
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)
  const key = await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign'])
  const thumbprint = createHash('sha256').update(new X509Certificate(certificatePem).raw).digest('base64url')
  const usual = { alg: kind === 'EC' ? 'ES256' : 'PS256', typ: approvalType, 'x5t#S256': thumbprint }
  return {
    certificatePem,
    sign: (claims, header = {}) =>
      new CompactSign(Buffer.from(JSON.stringify(claims))).setProtectedHeader({ ...usual, ...header }).sign(key),
  }
}
