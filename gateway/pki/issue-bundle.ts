import { createPrivateKey, generateKeyPair, X509Certificate } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { CodedError } from '../basics/coded-error.ts'
import type { DeviceId } from '../basics/ids.ts'
import type { Random } from '../basics/random.ts'
import type { NewEvent } from '../ledger/event.ts'
import type { CertificateAuthority } from './certificate-authority.ts'
import { certificateRecord } from './certificate-record.ts'
import type { CheckedCsr } from './check-csr.ts'
import { newEnrolmentPassword } from './enrolment-password.ts'
import type { CertificateRecord } from './enrolment-store.ts'
import { sha256Hex } from './fingerprint.ts'
import { newKeyPair } from './new-key-pair.ts'
import { writePkcs12 } from './write-pkcs12.ts'

export interface BundleOrder {
  readonly keyType: 'ec-p256' | 'rsa-2048'
  /** Days, cut to the authority's own end. */
  readonly days: number
}

/** An identity for a device that cannot enrol by itself. It is here and nowhere else: neither key nor passphrase is kept. */
export interface IdentityBundle {
  /** PKCS#12: key, certificate, and what leads to the root. */
  readonly pkcs12: Buffer
  readonly passphrase: string
  readonly certificate: CertificateRecord
}

export interface BundleStore {
  /**
   * Ends the enrolment of before, whatever state it was in, and records this certificate as if the device had enrolled with it.
   *
   * @throws CodedError `enrolment_not_open` where the device is out of service
   */
  issueBundle(certificate: CertificateRecord, passwordHash: string, events: readonly NewEvent[]): Promise<void>
}

export interface BundleIssuer {
  /** @throws CodedError `wrong_state` where the device is suspended or revoked */
  issue(deviceId: DeviceId, order: BundleOrder, actor: NewEvent['actor']): Promise<IdentityBundle>
}

const dayMs = 24 * 3_600_000

export function createBundleIssuer(options: {
  readonly authority: CertificateAuthority
  readonly store: BundleStore
  readonly random: Random
}): BundleIssuer {
  const { authority, store, random } = options
  return {
    async issue(deviceId, { keyType, days }, actor) {
      const { privateKey, publicKey } = await newKey(keyType)
      const issued = await authority.issueDeviceCertificate(deviceId, ownKey(publicKey), days * dayMs)
      const certificate = certificateRecord(deviceId, issued)
      const { password: passphrase } = newEnrolmentPassword(random)
      const chain = authority.bundleDer.toReversed().map((der) => new X509Certificate(der))
      const pkcs12 = await writePkcs12({ privateKey, certificates: [issued, ...chain], friendlyName: deviceId, passphrase, random })
      // Nobody knows this password: the enrolment is used up, and opened by an administrator alone.
      await record(store, certificate, newEnrolmentPassword(random).passwordHash, keyType, actor)
      return { pkcs12, passphrase, certificate }
    },
  }
}

/** Recorded before it is given away. */
async function record(
  store: BundleStore,
  certificate: CertificateRecord,
  passwordHash: string,
  keyType: BundleOrder['keyType'],
  actor: NewEvent['actor'],
): Promise<void> {
  const { deviceId, fingerprint, serial, publicKeyFingerprint, notAfter } = certificate
  const detail = {
    certificate: fingerprint,
    key_type: keyType,
    not_after: Math.floor(notAfter / 1000),
    public_key: publicKeyFingerprint,
    serial,
  }
  try {
    await store.issueBundle(certificate, passwordHash, [
      { log: { kind: 'g', device: deviceId }, type: 'bundle.issued', session: null, actor, detail },
    ])
  } catch (error) {
    if (!(error instanceof CodedError) || error.code !== 'enrolment_not_open') throw error
    throw new CodedError({
      code: 'wrong_state',
      message: `${deviceId} is out of service: a device that is suspended or revoked gets no identity.`,
      remedy: 'conflict',
      cause: error,
    })
  }
}

async function newKey(keyType: BundleOrder['keyType']): Promise<{ readonly privateKey: KeyObject; readonly publicKey: Buffer }> {
  if (keyType === 'ec-p256') {
    const { privateKeyPem, publicKey } = await newKeyPair()
    return { privateKey: createPrivateKey(privateKeyPem), publicKey }
  }
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  return { privateKey, publicKey: publicKey.export({ type: 'spki', format: 'der' }) }
}

/** We made it ourselves: there is nobody who would have to prove that he has it. */
const ownKey = (publicKey: Buffer): CheckedCsr => ({ publicKey, publicKeyFingerprint: sha256Hex(publicKey) }) as CheckedCsr
