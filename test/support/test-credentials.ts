import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509'
import type { DeviceId } from '../../gateway/basics/ids.ts'
import type { CertificateAuthority } from '../../gateway/pki/certificate-authority.ts'
import { certificateRecord } from '../../gateway/pki/certificate-record.ts'
import { checkCsr } from '../../gateway/pki/check-csr.ts'
import type { EnrolmentStore } from '../../gateway/pki/enrolment-store.ts'

export interface TestCredentials {
  readonly keyPem: string
  readonly certificatePem: string
  /** Lower-case hex of the SHA-256 of the certificate's DER. */
  readonly fingerprint: string
}

export type TestKey = 'P-256' | 'P-384' | 'RSA-1024' | 'RSA-2048' | 'RSA-e3'

/** A certification request in DER and its private key, made by a library that the agent does not use. */
export async function newTestCsr(
  kind: TestKey = 'P-256',
  commonName = 'whatever',
): Promise<{ readonly der: Buffer; readonly keyPem: string }> {
  const algorithm = algorithmOf(kind)
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const csr = await Pkcs10CertificateRequestGenerator.create({ name: [{ CN: [commonName] }], keys, signingAlgorithm: algorithm })
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey))
  const keyPem = `-----BEGIN PRIVATE KEY-----\n${der.toString('base64').replaceAll(/(.{64})/g, '$1\n')}\n-----END PRIVATE KEY-----\n`
  return { der: Buffer.from(csr.rawData), keyPem }
}

function algorithmOf(kind: TestKey): webcrypto.EcKeyGenParams & webcrypto.RsaHashedKeyGenParams {
  const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: new Uint8Array(kind === 'RSA-e3' ? [3] : [1, 0, 1]) }
  const ec = { name: 'ECDSA', namedCurve: kind, hash: 'SHA-256' }
  const all = kind.startsWith('P-') ? ec : { ...rsa, modulusLength: kind === 'RSA-1024' ? 1024 : 2048 }
  return all as webcrypto.EcKeyGenParams & webcrypto.RsaHashedKeyGenParams
}

/** Enrols a device without HTTP: key, certificate and record, as after `simpleenroll`. The store must have an open enrolment. */
export async function enrolTestDevice(options: {
  readonly authority: CertificateAuthority
  readonly store: EnrolmentStore
  readonly deviceId: DeviceId
  readonly lifetimeMs?: number
}): Promise<TestCredentials> {
  const { authority, store, deviceId, lifetimeMs = 24 * 60 * 60_000 } = options
  const { der, keyPem } = await newTestCsr()
  const csr = checkCsr(der)
  const certificate = certificateRecord(deviceId, await authority.issueDeviceCertificate(deviceId, csr, lifetimeMs))
  const claim = await store.claim(deviceId, csr.publicKeyFingerprint, certificate)
  if (claim.outcome !== 'claimed') throw new Error(`the test device ${deviceId} could not be enrolled: ${claim.outcome}`)
  return { keyPem, certificatePem: certificate.pem, fingerprint: certificate.fingerprint }
}
