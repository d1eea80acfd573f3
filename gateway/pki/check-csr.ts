import { verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { CodedError } from '../basics/coded-error.ts'
import { checkPublicKey } from './check-public-key.ts'
import { DerError, derTag, readDer, readOne } from './der.ts'
import type { DerElement } from './der.ts'
import { sha256Hex } from './fingerprint.ts'

declare const brand: unique symbol

/** A request whose sender has the private key. Its public key is all that we take from it. */
export interface CheckedCsr {
  readonly [brand]: 'CheckedCsr'
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Buffer
  readonly publicKeyFingerprint: string
}

/** A request for RSA-4096 with a long subject has 2 KB. */
export const maxCsrBytes = 8 * 1024

/** DER of the object identifiers in a signature's AlgorithmIdentifier, and the hash that each means. */
const signatureHashes: ReadonlyMap<string, { readonly key: 'ec' | 'rsa'; readonly hash: string }> = new Map([
  ['2a8648ce3d040302', { key: 'ec', hash: 'sha256' }],
  ['2a8648ce3d040303', { key: 'ec', hash: 'sha384' }],
  ['2a8648ce3d040304', { key: 'ec', hash: 'sha512' }],
  ['2a864886f70d01010b', { key: 'rsa', hash: 'sha256' }],
  ['2a864886f70d01010c', { key: 'rsa', hash: 'sha384' }],
  ['2a864886f70d01010d', { key: 'rsa', hash: 'sha512' }],
])

/**
 * Checks a certification request (PKCS#10, RFC 2986): size, strict DER, a key that we take, proof of possession, no control characters.
 *
 * @throws CodedError `csr_invalid`; the message says what is wrong
 */
export function checkCsr(der: Buffer): CheckedCsr {
  if (der.length > maxCsrBytes) throw invalid(`it has ${der.length} bytes, more than ${maxCsrBytes}`)
  try {
    return checkParts(der)
  } catch (error) {
    if (error instanceof DerError) throw invalid(`it is not DER of a PKCS#10 request: ${error.message}`)
    throw error
  }
}

function checkParts(der: Buffer): CheckedCsr {
  const [info, algorithm, signature, ...more] = readDer(readOne(der, derTag.sequence).content)
  if (info === undefined || algorithm === undefined || signature === undefined || more.length > 0) throw new DerError('not three parts')
  mustBe(info, derTag.sequence)
  mustBe(algorithm, derTag.sequence)
  mustBe(signature, derTag.bitString)
  const [version, subject, publicKeyInfo, attributes, ...others] = readDer(info.content)
  if (version === undefined || subject === undefined || publicKeyInfo === undefined || others.length > 0)
    throw new DerError('its info has other parts')
  if (version.tag !== derTag.integer || version.content.toString('hex') !== '00') throw invalid('its version is not 0')
  mustBe(subject, derTag.sequence)
  mustBe(publicKeyInfo, derTag.sequence)
  refuseControlCharacters(subject.content, 0)
  if (attributes !== undefined) {
    mustBe(attributes, derTag.context0)
    refuseControlCharacters(attributes.content, 0)
  }
  const publicKey = checkPublicKey(publicKeyInfo.raw, invalid)
  proveOfPossession({ publicKey, signed: info.raw, algorithm, signature })
  const spki = Buffer.from(publicKeyInfo.raw)
  return { publicKey: spki, publicKeyFingerprint: sha256Hex(spki) } as CheckedCsr
}

interface Proof {
  readonly publicKey: KeyObject
  readonly signed: Buffer
  readonly algorithm: DerElement
  readonly signature: DerElement
}

function proveOfPossession({ publicKey, signed, algorithm, signature }: Proof): void {
  const [oid] = readDer(algorithm.content)
  const known = oid?.tag === derTag.oid ? signatureHashes.get(oid.content.toString('hex')) : undefined
  if (known === undefined) throw invalid('its signature algorithm is not ECDSA or RSA (PKCS #1 v1.5) with SHA-256, SHA-384 or SHA-512')
  if (known.key !== publicKey.asymmetricKeyType) throw invalid('its signature algorithm does not fit its key')
  if (signature.content[0] !== 0) throw new DerError('a signature that is not whole octets')
  if (!verify(known.hash, signed, publicKey, signature.content.subarray(1)))
    throw invalid('its signature does not prove possession of the key')
}

/** UTF8String, NumericString, PrintableString, T61String, IA5String, VisibleString; BMPString and UniversalString hold a NUL in every letter. */
const byteStrings = new Set([0x0c, 0x12, 0x13, 0x14, 0x16, 0x1a])
const wideStrings = new Set([0x1c, 0x1e])

/** Nothing of the names is used, but certificate tools and logs of others print them. */
function refuseControlCharacters(bytes: Buffer, depth: number): void {
  if (depth > 12) throw new DerError('nested too deeply')
  for (const { tag, content } of readDer(bytes)) {
    if (wideStrings.has(tag)) throw invalid('its names are not UTF-8')
    if (byteStrings.has(tag) && content.some((value) => value < 0x20 || value === 0x7f))
      throw invalid('its names contain control characters')
    if ((tag & 0x20) !== 0) refuseControlCharacters(content, depth + 1)
  }
}

function mustBe(element: DerElement, tag: number): void {
  if (element.tag !== tag) throw new DerError(`tag ${element.tag} where ${tag} belongs`)
}

function invalid(problem: string): CodedError {
  return new CodedError({ code: 'csr_invalid', message: `The certificate request is refused: ${problem}.`, remedy: 'fix' })
}
