import { createCipheriv, createHash, createHmac, pbkdf2 } from 'node:crypto'
import type { KeyObject, X509Certificate } from 'node:crypto'
import { promisify } from 'node:util'
import type { Random } from '../basics/random.ts'
import { derTag, writeDer } from './der.ts'

export interface Pkcs12Content {
  readonly privateKey: KeyObject
  /** The one of this key first, then what leads to the root. */
  readonly certificates: readonly X509Certificate[]
  /** Shown by the programs that read it. */
  readonly friendlyName: string
  readonly passphrase: string
  readonly random: Random
}

/** Of a passphrase of 128 random bits: there is nothing to guess, and small devices read it too. */
const iterations = 10_000
const bmpString = 0x1e
/** OCTET STRING under [0] IMPLICIT. */
const implicitOctets = 0x80

/**
 * A PKCS#12 file (RFC 7292) as of today: key and certificates each under PBES2 with AES-256-CBC and PBKDF2 with HMAC-SHA-256 (RFC 8018), the whole under
 * HMAC-SHA-256. Written here because node-forge reads and writes no elliptic key and no certificate of one, leaves certificates open, and signs with SHA-1.
 */
export async function writePkcs12(content: Pkcs12Content): Promise<Buffer> {
  const { privateKey, certificates, passphrase, random } = content
  const [own, ...others] = certificates
  if (own === undefined) throw new RangeError('no certificate')
  const id = createHash('sha1').update(own.raw).digest()
  const attributes = set(
    sequence(oid('2a864886f70d010914'), set(writeDer(bmpString, bigEndian(content.friendlyName)))),
    sequence(oid('2a864886f70d010915'), set(octets(id))),
  )
  const key = await encrypted(privateKey.export({ type: 'pkcs8', format: 'der' }), passphrase, random)
  const keyBag = sequence(oid('2a864886f70d010c0a0102'), explicit(sequence(key.algorithm, octets(key.bytes))), attributes)
  const certificateBags = [certificateBag(own, attributes), ...others.map((one) => certificateBag(one))]
  const hidden = await encrypted(sequence(...certificateBags), passphrase, random)
  const authenticatedSafe = sequence(
    sequence(
      oid('2a864886f70d010706'),
      explicit(sequence(integer(0), sequence(oid('2a864886f70d010701'), hidden.algorithm, writeDer(implicitOctets, hidden.bytes)))),
    ),
    data(sequence(keyBag)),
  )
  const salt = random.bytes(16)
  const digest = sequence(sequence(oid('608648016503040201'), nothing), octets(mac(authenticatedSafe, passphrase, salt)))
  return sequence(integer(3), data(authenticatedSafe), sequence(digest, octets(salt), integer(iterations)))
}

const sequence = (...parts: readonly Uint8Array[]): Buffer => writeDer(derTag.sequence, ...parts)
const set = (...parts: readonly Uint8Array[]): Buffer => writeDer(derTag.set, ...parts)
const octets = (bytes: Uint8Array): Buffer => writeDer(derTag.octetString, bytes)
const explicit = (part: Uint8Array): Buffer => writeDer(derTag.context0, part)
const oid = (hex: string): Buffer => writeDer(derTag.oid, Buffer.from(hex, 'hex'))
const nothing = writeDer(derTag.null)
/** ContentInfo of the type `data`. */
const data = (content: Uint8Array): Buffer => sequence(oid('2a864886f70d010701'), explicit(octets(content)))

function integer(value: number): Buffer {
  const hex = value.toString(16)
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex')
  // Positive: the first bit is the sign.
  return writeDer(derTag.integer, (bytes[0] ?? 0) < 0x80 ? bytes : Buffer.concat([Buffer.of(0), bytes]))
}

function certificateBag({ raw }: X509Certificate, attributes: Buffer = Buffer.alloc(0)): Buffer {
  const value = sequence(oid('2a864886f70d01091601'), explicit(octets(raw)))
  return sequence(oid('2a864886f70d010c0a0103'), explicit(value), attributes)
}

async function encrypted(
  plain: Uint8Array,
  passphrase: string,
  random: Random,
): Promise<{ readonly algorithm: Buffer; readonly bytes: Buffer }> {
  const [salt, iv] = [random.bytes(16), random.bytes(16)]
  const key = await promisify(pbkdf2)(passphrase, salt, iterations, 32, 'sha256')
  const cipher = createCipheriv('aes-256-cbc', key, iv)
  const derivation = sequence(
    oid('2a864886f70d01050c'),
    sequence(octets(salt), integer(iterations), integer(32), sequence(oid('2a864886f70d0209'), nothing)),
  )
  const parameters = sequence(derivation, sequence(oid('60864801650304012a'), octets(iv)))
  return { algorithm: sequence(oid('2a864886f70d01050d'), parameters), bytes: Buffer.concat([cipher.update(plain), cipher.final()]) }
}

/** RFC 7292, appendix B.2, for one block of key material for integrity (ID 3) with SHA-256. */
function mac(content: Buffer, passphrase: string, salt: Buffer): Buffer {
  const block = 64
  const filled = (bytes: Buffer): Buffer => Buffer.alloc(Math.ceil(bytes.length / block) * block, bytes)
  let key = Buffer.concat([Buffer.alloc(block, 3), filled(salt), filled(bigEndian(`${passphrase}\0`))])
  for (let round = 0; round < iterations; round += 1) key = createHash('sha256').update(key).digest()
  return createHmac('sha256', key).update(content).digest()
}

/** UTF-16, as a BMPString has it. */
const bigEndian = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16()
