import { createHash, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { Random } from '../basics/random.ts'
import { der, derBits, derOid, derSequence, derSet, derSmallInteger, derUtf8 } from '../enrolment/der-writer.ts'
import type { KeyType } from '../settings/agent-settings.ts'

/** PEM, both. */
export interface KeyAndCertificate {
  readonly key: string
  readonly cert: string
}

/** An authority that lives for one run: its key is never written anywhere, so nobody can use it later. */
export interface ThrowawayAuthority {
  readonly rootPem: string
  /** For `localhost` and 127.0.0.1. */
  gateway(): KeyAndCertificate
  /** `spiffeId`: of the device that it names. */
  device(spiffeId: string, keyType: KeyType): KeyAndCertificate
}

const ecdsaWithSha256 = derSequence(derOid('1.2.840.10045.4.3.2'))
const serverAuth = '1.3.6.1.5.5.7.3.1'
const clientAuth = '1.3.6.1.5.5.7.3.2'
const hourMs = 3_600_000

/** X.509 (RFC 5280) as far as an agent looks: a root, and certificates right below it. */
export function createThrowawayAuthority({ nowMs, random }: { readonly nowMs: number; readonly random: Random }): ThrowawayAuthority {
  const root = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const rootName = name('sallyport attack: throw-away authority')
  const issue = (subject: Buffer, key: KeyObject, extensions: readonly Buffer[]): string => {
    const [notBefore, notAfter] = [nowMs - hourMs, nowMs + 48 * hourMs].map(utcTime)
    const publicKey = spki(key)
    const certificate = derSequence(
      der(0xa0, derSmallInteger(2)),
      der(0x02, Buffer.concat([Buffer.from([1]), random.bytes(15)])),
      ecdsaWithSha256,
      rootName,
      derSequence(notBefore ?? Buffer.alloc(0), notAfter ?? Buffer.alloc(0)),
      subject,
      publicKey,
      der(0xa3, derSequence(...extensions, keyId('2.5.29.14', der(0x04, digestOf(publicKey))), authorityId)),
    )
    return pem('CERTIFICATE', derSequence(certificate, ecdsaWithSha256, derBits(sign('sha256', certificate, root))))
  }
  const authorityId = keyId('2.5.29.35', derSequence(der(0x80, digestOf(spki(root)))))
  const leaf = (subject: string, key: KeyObject, purpose: string, names: readonly Buffer[]): KeyAndCertificate => ({
    key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: issue(name(subject), key, [
      extension('2.5.29.19', true, derSequence()),
      extension('2.5.29.15', true, der(0x03, Buffer.from([7, 0x80]))),
      extension('2.5.29.37', false, derSequence(derOid(purpose))),
      extension('2.5.29.17', false, derSequence(...names)),
    ]),
  })
  return {
    rootPem: issue(rootName, root, [
      extension('2.5.29.19', true, derSequence(der(0x01, Buffer.from([0xff])))),
      extension('2.5.29.15', true, der(0x03, Buffer.from([1, 0x06]))),
    ]),
    gateway: () =>
      leaf('captured gateway', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, serverAuth, [
        der(0x82, Buffer.from('localhost', 'latin1')),
        der(0x87, Buffer.from([127, 0, 0, 1])),
      ]),
    device: (spiffeId, keyType) => leaf('attacked device', newKey(keyType), clientAuth, [der(0x86, Buffer.from(spiffeId, 'latin1'))]),
  }
}

const newKey = (keyType: KeyType): KeyObject =>
  keyType === 'rsa-2048'
    ? generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
    : generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey

const name = (text: string): Buffer => derSequence(derSet(derSequence(derOid('2.5.4.3'), derUtf8(text))))
const spki = (key: KeyObject): Buffer => createPublicKey(key).export({ type: 'spki', format: 'der' })
const digestOf = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest().subarray(0, 20)
const keyId = (oid: string, value: Buffer): Buffer => extension(oid, false, value)

function extension(oid: string, critical: boolean, value: Buffer): Buffer {
  return derSequence(derOid(oid), ...(critical ? [der(0x01, Buffer.from([0xff]))] : []), der(0x04, value))
}

/** UTCTime (section 4.1.2.5.1): RFC 5280 wants it for dates before 2050. */
function utcTime(ms: number): Buffer {
  const text = new Date(ms).toISOString().replaceAll(/[-:T]|\.\d+/gu, '')
  return der(0x17, Buffer.from(text.slice(2), 'latin1'))
}

const pem = (label: string, bytes: Buffer): string =>
  `-----BEGIN ${label}-----\n${(bytes.toString('base64').match(/.{1,64}/gu) ?? []).join('\n')}\n-----END ${label}-----\n`
