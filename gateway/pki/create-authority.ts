import type { Random } from '../basics/random.ts'
import type { AuthorityFiles } from './authority-files.ts'
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
}): Promise<AuthorityFiles & { rootKeyPem: string }> {
  const { trustDomain, nowMs, random } = options
  const [rootKey, issuingKey] = await Promise.all([newKeyPair(), newKeyPair()])
  const issuer = { commonName: rootName(trustDomain), privateKeyPem: rootKey.privateKeyPem, publicKey: rootKey.publicKey }
  const order = (commonName: string, publicKey: Buffer, pathLength: number, lifetimeMs: number) =>
    issueCertificate({
      commonName,
      publicKey,
      notBeforeMs: nowMs,
      notAfterMs: nowMs + lifetimeMs,
      use: { kind: 'authority', pathLength },
      issuer,
      random,
    })
  const root = await order(rootName(trustDomain), rootKey.publicKey, 1, rootLifetimeMs)
  const issuing = await order(issuingName(trustDomain), issuingKey.publicKey, 0, issuingLifetimeMs)
  return {
    rootPem: root.toString(),
    issuingPem: issuing.toString(),
    issuingKeyPem: issuingKey.privateKeyPem,
    rootKeyPem: rootKey.privateKeyPem,
  }
}
