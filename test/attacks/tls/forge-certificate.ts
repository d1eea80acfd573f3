import { createHash, randomBytes, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { derTag, readDer, readOne, writeDer } from '../../../gateway/pki/der.ts'

/** A certificate octet by octet (RFC 5280, section 4.1): what a library that issues certificates would refuse to write stands in it as it was given. */
export interface Forgery {
  /** Content octets of the INTEGER, just so. */
  readonly serial?: Buffer
  readonly issuer: string
  readonly subject: string
  readonly notBeforeMs?: number
  readonly notAfterMs?: number
  readonly publicKey: KeyObject
  readonly extensions: readonly Buffer[]
  readonly signer: KeyObject
  readonly hash?: 'sha256' | 'sha1'
}

const hourMs = 3_600_000
const sequence = (...parts: readonly Buffer[]): Buffer => writeDer(derTag.sequence, ...parts)
const text = (tag: number, value: string): Buffer => writeDer(tag, Buffer.from(value, 'latin1'))
const oid = (hex: string): Buffer => writeDer(derTag.oid, Buffer.from(hex, 'hex'))
const bits = (content: Buffer): Buffer => writeDer(derTag.bitString, Buffer.from([0]), content)
const yes = Buffer.from([0x01, 0x01, 0xff])

/** An X.501 name of one common name. */
const nameOf = (commonName: string): Buffer => sequence(writeDer(derTag.set, sequence(oid('550403'), text(0x0c, commonName))))

/** UTCTime until 2049, GeneralizedTime from then on (RFC 5280, section 4.1.2.5). */
function time(ms: number): Buffer {
  const digits = `${new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`
  return new Date(ms).getUTCFullYear() < 2050 ? text(0x17, digits.slice(2)) : text(0x18, digits)
}

const algorithms = {
  'ec sha256': sequence(oid('2a8648ce3d040302')),
  'ec sha1': sequence(oid('2a8648ce3d0401')),
  'rsa sha256': sequence(oid('2a864886f70d01010b'), Buffer.from([5, 0])),
  'rsa sha1': sequence(oid('2a864886f70d010105'), Buffer.from([5, 0])),
} as const

const spki = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' })

/** DER of the certificate. */
export function forgeCertificate(forgery: Forgery): Buffer {
  const { serial = Buffer.concat([Buffer.from([0x4a]), randomBytes(15)]), hash = 'sha256' } = forgery
  const { notBeforeMs = Date.now() - hourMs, notAfterMs = Date.now() + hourMs, extensions } = forgery
  const algorithm = algorithms[`${forgery.signer.asymmetricKeyType === 'rsa' ? 'rsa' : 'ec'} ${hash}`]
  const version3 = writeDer(derTag.context0, writeDer(derTag.integer, Buffer.from([2])))
  const toBeSigned = sequence(
    ...(extensions.length > 0 ? [version3] : []),
    writeDer(derTag.integer, serial),
    algorithm,
    nameOf(forgery.issuer),
    sequence(time(notBeforeMs), time(notAfterMs)),
    nameOf(forgery.subject),
    spki(forgery.publicKey),
    ...(extensions.length > 0 ? [writeDer(0xa3, sequence(...extensions))] : []),
  )
  return sequence(toBeSigned, algorithm, bits(sign(hash, toBeSigned, forgery.signer)))
}

export const pem = (...certificates: readonly Buffer[]): string =>
  certificates
    .map((der) => `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replaceAll(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`)
    .join('')

/** Order of P-256's group (FIPS 186-5). */
const groupOrder = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/** The same certificate with `s` of its ECDSA signature as `n - s`, which verifies as well: other octets, another fingerprint, nobody's key needed. */
export function withMirroredSignature(der: Buffer): Buffer {
  const [toBeSigned, algorithm, signature] = readDer(readOne(der, derTag.sequence).content)
  if (toBeSigned === undefined || algorithm === undefined || signature === undefined) throw new TypeError('no certificate')
  const [r, s] = readDer(readOne(signature.content.subarray(1), derTag.sequence).content)
  if (r === undefined || s === undefined) throw new TypeError('no ECDSA signature')
  const mirrored = Buffer.from((groupOrder - BigInt(`0x${s.content.toString('hex')}`)).toString(16).padStart(64, '0'), 'hex')
  const shortest = mirrored.subarray(mirrored.findIndex((value) => value !== 0))
  const positive = (shortest[0] ?? 0) < 0x80 ? shortest : Buffer.concat([Buffer.from([0]), shortest])
  return sequence(toBeSigned.raw, algorithm.raw, bits(sequence(r.raw, writeDer(derTag.integer, positive))))
}

const extension = (id: string, value: Buffer, critical = false): Buffer =>
  sequence(oid(id), ...(critical ? [yes] : []), writeDer(derTag.octetString, value))

const purposeOids = {
  serverAuth: '2b06010505070301',
  clientAuth: '2b06010505070302',
  codeSigning: '2b06010505070303',
  any: '551d2500',
} as const

export type Purpose = keyof typeof purposeOids

/** Extensions by the names of RFC 5280, section 4.2. */
export const extensions = {
  basicConstraints: (ca: boolean, pathLength?: number): Buffer =>
    extension(
      '551d13',
      sequence(...(ca ? [yes] : []), ...(pathLength === undefined ? [] : [writeDer(derTag.integer, Buffer.from([pathLength]))])),
      true,
    ),
  /** The first octet of the bit string: 0x80 digitalSignature, 0x20 keyEncipherment, 0x08 keyAgreement, 0x06 keyCertSign and cRLSign. */
  keyUsage: (octet: number): Buffer => extension('551d0f', writeDer(derTag.bitString, Buffer.from([0, octet])), true),
  extendedKeyUsage: (...purposes: readonly Purpose[]): Buffer =>
    extension('551d25', sequence(...purposes.map((purpose) => oid(purposeOids[purpose])))),
  subjectAltName: (...names: readonly Buffer[]): Buffer => extension('551d11', sequence(...names)),
  /** Only URIs of this host are permitted below. */
  nameConstraints: (host: string): Buffer => extension('551d1e', sequence(writeDer(0xa0, sequence(generalNames.uri(host)))), true),
  subjectKeyIdentifier: (key: KeyObject): Buffer => extension('551d0e', writeDer(derTag.octetString, keyIdentifier(key))),
  authorityKeyIdentifier: (key: KeyObject): Buffer => extension('551d23', sequence(writeDer(0x80, keyIdentifier(key)))),
  /** 2.999.1, which nobody knows. */
  unknown: (critical: boolean): Buffer => extension('883701', Buffer.from([5, 0]), critical),
}

/** What the issuing authority says of a machine's key, but for its name. */
export const deviceKeyUsages: readonly Buffer[] = [
  extensions.basicConstraints(false),
  extensions.keyUsage(0x80),
  extensions.extendedKeyUsage('clientAuth'),
]

export const generalNames = {
  uri: (value: string): Buffer => text(0x86, value),
  dns: (value: string): Buffer => text(0x82, value),
  email: (value: string): Buffer => text(0x81, value),
  ip: (octets: readonly number[]): Buffer => writeDer(0x87, Buffer.from(octets)),
  directory: (commonName: string): Buffer => writeDer(0xa4, nameOf(commonName)),
  /** A user principal name, as Windows writes it. */
  other: (value: string): Buffer => writeDer(0xa0, oid('2b060104018237140203'), writeDer(0xa0, text(0x0c, value))),
}

/** Of the bits of the key alone (RFC 5280, section 4.2.1.2, the first way). */
function keyIdentifier(key: KeyObject): Buffer {
  const [, subjectPublicKey] = readDer(readOne(spki(key), derTag.sequence).content)
  if (subjectPublicKey === undefined) throw new TypeError('no key')
  return createHash('sha1').update(subjectPublicKey.content.subarray(1)).digest()
}
