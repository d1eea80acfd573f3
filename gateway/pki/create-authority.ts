import type { X509Certificate } from 'node:crypto'
import type { Random } from '../basics/random.ts'
import type { NewAuthorityFiles } from './authority-files.ts'
import { issueCertificate } from './issue-certificate.ts'
import { newKeyPair } from './new-key-pair.ts'

const yearMs = 365.25 * 24 * 60 * 60_000
const rootLifetimeMs = 20 * yearMs
const issuingLifetimeMs = 10 * yearMs

/** A common name has at most 64 characters (RFC 5280, ub-common-name). */
const rootName = (trustDomain: string): string => `Root of ${trustDomain}`.slice(0, 64)
export const issuingName = (trustDomain: string): string => `Issuing of ${trustDomain}`.slice(0, 64)

/** A root and, under it, the one authority that issues leaves (path length 0); both P-256. */
export async function createAuthority(options: {
  readonly trustDomain: string
  /** Unix milliseconds: the beginning of both. */
  readonly nowMs: number
  readonly random: Random
}): Promise<NewAuthorityFiles> {
  const { trustDomain, nowMs, random } = options
  const { privateKeyPem, publicKey } = await newKeyPair()
  const commonName = rootName(trustDomain)
  const root = await issueCertificate({
    commonName,
    publicKey,
    notBeforeMs: nowMs,
    notAfterMs: nowMs + rootLifetimeMs,
    use: { kind: 'authority', pathLength: 1 },
    issuer: { commonName, privateKeyPem, publicKey },
    random,
  })
  return { rootPem: root.toString(), rootKeyPem: privateKeyPem, ...(await createIssuing({ ...options, root, rootKeyPem: privateKeyPem })) }
}

/** Another issuing authority under a root that is there, which is not outlived. */
export async function createIssuing(options: {
  readonly trustDomain: string
  readonly nowMs: number
  readonly random: Random
  readonly root: X509Certificate
  readonly rootKeyPem: string
}): Promise<Pick<NewAuthorityFiles, 'issuingPem' | 'issuingKeyPem'>> {
  const { trustDomain, nowMs, random, root, rootKeyPem } = options
  const key = await newKeyPair()
  const issuing = await issueCertificate({
    commonName: issuingName(trustDomain),
    publicKey: key.publicKey,
    notBeforeMs: nowMs,
    notAfterMs: Math.min(nowMs + issuingLifetimeMs, root.validToDate.getTime()),
    use: { kind: 'authority', pathLength: 0 },
    issuer: {
      commonName: rootName(trustDomain),
      privateKeyPem: rootKeyPem,
      publicKey: root.publicKey.export({ type: 'spki', format: 'der' }),
    },
    random,
  })
  return { issuingPem: issuing.toString(), issuingKeyPem: key.privateKeyPem }
}
