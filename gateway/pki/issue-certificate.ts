import { createPrivateKey, webcrypto, X509Certificate } from 'node:crypto'
import type { Random } from '../basics/random.ts'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from './x509-library.ts'
import type { Extension } from './x509-library.ts'

export const serverAuth = '1.3.6.1.5.5.7.3.1'
export const clientAuth = '1.3.6.1.5.5.7.3.2'

export interface CertificateOrder {
  readonly commonName: string
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Buffer
  /** Unix milliseconds. */
  readonly notBeforeMs: number
  readonly notAfterMs: number
  readonly use:
    | { readonly kind: 'authority'; readonly pathLength: number }
    | { readonly kind: 'leaf'; readonly purpose: typeof serverAuth | typeof clientAuth; readonly names: readonly SubjectName[] }
  /** The issuer's common name, key and public key; its own for a root. */
  readonly issuer: { readonly commonName: string; readonly privateKeyPem: string; readonly publicKey: Buffer }
  readonly random: Random
}

export interface SubjectName {
  readonly type: 'url' | 'dns' | 'ip'
  readonly value: string
}

/** One X.509 v3 certificate (RFC 5280) signed with ECDSA P-256 and SHA-256. */
export async function issueCertificate(order: CertificateOrder): Promise<X509Certificate> {
  const issued = await X509CertificateGenerator.create({
    serialNumber: serialNumber(order.random),
    subject: [{ CN: [order.commonName] }],
    issuer: [{ CN: [order.issuer.commonName] }],
    notBefore: wholeSeconds(order.notBeforeMs),
    notAfter: wholeSeconds(order.notAfterMs),
    publicKey: order.publicKey,
    signingKey: await importSigningKey(order.issuer.privateKeyPem),
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    extensions: await extensionsOf(order),
  })
  return new X509Certificate(Buffer.from(issued.rawData))
}

async function extensionsOf({ use, publicKey, issuer }: CertificateOrder): Promise<Extension[]> {
  const identifiers = [
    await SubjectKeyIdentifierExtension.create(publicKey),
    await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
  ]
  if (use.kind === 'authority') {
    const signs: KeyUsageFlags = KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign
    return [new BasicConstraintsExtension(true, use.pathLength, true), new KeyUsagesExtension(signs, true), ...identifiers]
  }
  return [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([use.purpose], false),
    new SubjectAlternativeNameExtension([...use.names], false),
    ...identifiers,
  ]
}

/** 16 octets, 126 bits of them random, the first from 0x40 to 0x7f: positive, and one length however it is written (RFC 5280, section 4.1.2.2). */
function serialNumber(random: Random): string {
  const octets = random.bytes(16)
  octets[0] = ((octets[0] ?? 0) & 0x7f) | 0x40
  return octets.toString('hex')
}

const wholeSeconds = (ms: number): Date => new Date(Math.floor(ms / 1000) * 1000)

async function importSigningKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' })
  return webcrypto.subtle.importKey('pkcs8', der, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign'])
}
