import { createPrivateKey, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import type { Clock } from '../basics/clock.ts'
import { CodedError } from '../basics/coded-error.ts'
import type { DeviceId } from '../basics/ids.ts'
import type { Random } from '../basics/random.ts'
import { readAuthorityFiles, writeAuthorityFiles } from './authority-files.ts'
import type { AuthorityFiles } from './authority-files.ts'
import { createAuthority, issuingName } from './create-authority.ts'
import { deviceUri } from './device-identity.ts'
import type { CheckedCsr } from './check-csr.ts'
import { clientAuth, issueCertificate, serverAuth } from './issue-certificate.ts'
import type { CertificateOrder } from './issue-certificate.ts'
import { newKeyPair } from './new-key-pair.ts'

export interface CertificateAuthority {
  readonly trustDomain: string
  /** Root, issuing certificate and those of before, PEM: what agents pin, and what our listeners verify devices against. */
  readonly bundlePem: string
  /** Root and issuing certificate, DER. */
  readonly bundleDer: readonly Buffer[]
  /** Whoever may have issued for us, now or before, those too that have ended. */
  readonly issuers: readonly X509Certificate[]
  /** clientAuth only, SAN URI only, the public key from the request and nothing else from it. `lifetimeMs` is cut to the authority's own end. */
  issueDeviceCertificate(deviceId: DeviceId, csr: CheckedCsr, lifetimeMs: number): Promise<X509Certificate>
  /** serverAuth only, a fresh key; `certificatePem` is followed by the issuing certificate. `names` are DNS names or IP addresses. */
  issueServerCertificate(names: readonly string[], lifetimeMs: number): Promise<ServerKeyMaterial>
}

export interface ServerKeyMaterial {
  readonly keyPem: string
  readonly certificatePem: string
  /** Unix milliseconds. */
  readonly notAfter: number
}

export interface CertificateAuthorityOptions {
  /** Created with mode 0700 at the first start. `authority/root/` in it may be taken offline afterwards. */
  readonly directory: string
  /** Host part of every SPIFFE id. */
  readonly trustDomain: string
  readonly clock: Clock
  readonly random: Random
}

/** Clocks of machines in the field go wrong; a certificate must not be from their future. At most a tenth of a short lifetime. */
export const backdateMs = 60 * 60_000

/** When this was written: no clock that is right shows an earlier time. */
const writtenAtMs = Date.UTC(2026, 0, 1)

/** Loads the gateway's certificate authority, or creates it at the first start. @throws CodedError `authority_unusable` with every problem, `clock_wrong` */
export async function openCertificateAuthority(options: CertificateAuthorityOptions): Promise<CertificateAuthority> {
  const { directory, trustDomain, clock, random } = options
  if ((await readAuthorityFiles(directory).catch(refuseHalf)) === undefined) {
    if (clock.nowMs() < writtenAtMs) throw clockWrong(clock.nowMs())
    await writeAuthorityFiles(directory, await createAuthority({ trustDomain, nowMs: clock.nowMs() - backdateMs, random }), random)
  }
  const files = await readAuthorityFiles(directory).catch(refuseHalf)
  if (files === undefined) throw unusable(['the authority was not there after it was written'])
  const { root, issuing, former } = checkAuthority(files, trustDomain, clock.nowMs())
  const issuer = {
    commonName: issuingName(trustDomain),
    privateKeyPem: files.issuingKeyPem,
    publicKey: issuing.publicKey.export({ type: 'spki', format: 'der' }),
  }

  function issueLeaf(order: Pick<CertificateOrder, 'commonName' | 'publicKey' | 'use'>, lifetimeMs: number): Promise<X509Certificate> {
    const nowMs = clock.nowMs()
    const notAfterMs = Math.min(nowMs + lifetimeMs, issuing.validToDate.getTime())
    return issueCertificate({ ...order, notBeforeMs: nowMs - Math.min(backdateMs, lifetimeMs / 10), notAfterMs, issuer, random })
  }

  return {
    trustDomain,
    bundlePem: [root, issuing, ...former.filter((one) => one.validToDate.getTime() > clock.nowMs())].map(String).join(''),
    bundleDer: [root.raw, issuing.raw],
    issuers: [issuing, ...former],
    issueDeviceCertificate(deviceId, csr, lifetimeMs) {
      const names = [{ type: 'url', value: deviceUri(trustDomain, deviceId) }] as const
      return issueLeaf({ commonName: deviceId, publicKey: csr.publicKey, use: { kind: 'leaf', purpose: clientAuth, names } }, lifetimeMs)
    },
    async issueServerCertificate(hosts, lifetimeMs) {
      const { privateKeyPem, publicKey } = await newKeyPair()
      const names = hosts.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }) as const)
      const use = { kind: 'leaf', purpose: serverAuth, names } as const
      const leaf = await issueLeaf({ commonName: hosts[0]?.slice(0, 64) ?? trustDomain, publicKey, use }, lifetimeMs)
      return { keyPem: privateKeyPem, certificatePem: leaf.toString() + issuing.toString(), notAfter: leaf.validToDate.getTime() }
    },
  }
}

interface Authorities {
  readonly root: X509Certificate
  readonly issuing: X509Certificate
  readonly former: readonly X509Certificate[]
}

function checkAuthority(files: AuthorityFiles, trustDomain: string, nowMs: number): Authorities {
  const problems: string[] = []
  const must = (holds: boolean, problem: string): void => void (holds || problems.push(problem))
  try {
    const root = new X509Certificate(files.rootPem)
    const issuing = new X509Certificate(files.issuingPem)
    must(root.ca && root.verify(root.publicKey), 'root.pem is not a self-signed authority')
    must(issuing.ca && issuing.checkIssued(root) && issuing.verify(root.publicKey), 'issuing.pem was not issued by root.pem')
    must(issuing.checkPrivateKey(createPrivateKey(files.issuingKeyPem)), 'issuing-key.pem is not the key of issuing.pem')
    must(
      issuing.subject === `CN=${issuingName(trustDomain)}`,
      `issuing.pem is of another trust domain than ${trustDomain}: ${issuing.subject}`,
    )
    must(issuing.validToDate.getTime() > nowMs, `issuing.pem ended on ${issuing.validTo}`)
    must(issuing.validFromDate.getTime() <= nowMs, `issuing.pem begins only on ${issuing.validFrom}: is the clock right?`)
    const former = files.formerPems.map((pem) => new X509Certificate(pem))
    for (const one of former)
      must(
        one.ca && one.checkIssued(root) && one.verify(root.publicKey),
        `an authority of before (${one.serialNumber}) was not issued by root.pem`,
      )
    if (problems.length === 0) return { root, issuing, former }
  } catch (error) {
    throw unusable([...problems, 'a file is not PEM of the right kind'], error)
  }
  throw unusable(problems)
}

/** An authority that is born in the past would have ended when the clock is set. */
function clockWrong(nowMs: number): CodedError {
  return new CodedError({
    code: 'clock_wrong',
    message: `The clock of this machine says ${new Date(nowMs).toISOString()}, which is long ago. Set it before the first start: the certificate authority is made then.`,
    remedy: 'fix',
  })
}

function refuseHalf(error: unknown): never {
  throw unusable(['a file is missing or cannot be read'], error)
}

function unusable(problems: readonly string[], cause?: unknown): CodedError {
  return new CodedError({
    code: 'authority_unusable',
    message: `The certificate authority cannot be used: ${problems.join('; ')}. Put its directory back from a backup.`,
    remedy: 'fix',
    problems: problems.map((message) => ({ path: 'authority', message })),
    cause,
  })
}
