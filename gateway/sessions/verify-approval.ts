import { createHash, X509Certificate } from 'node:crypto'
import { compactVerify, decodeJwt, errors as joseErrors } from 'jose'
import { z } from 'zod'
import { approvalType } from '../../agent/wire/approval.ts'
import { requestDigest, type SessionRequest } from '../../agent/wire/session-request.ts'
import { CodedError } from '../basics/coded-error.ts'
import { isServiceName, type DeviceId, type ServiceName } from '../basics/ids.ts'
import type { Approval } from './session.ts'

const claimsSchema = z.strictObject({
  iss: z.string().max(512),
  aud: z.string().max(255),
  jti: z.string().regex(/^[0-9a-f]{32}$/),
  boot: z.string().regex(/^[0-9a-f]{32}$/),
  mode: z.enum(['attended', 'reconnect', 'planned', 'unattended']),
  sid: z.string().max(64),
  sub: z.string().max(64),
  services: z.array(z.string()).min(1).max(16),
  request_digest: z.string().max(64),
  operator: z.strictObject({ name: z.string().min(1).max(200), proof: z.enum(['none', 'pin', 'hardware']) }),
  iat: z.int(),
  nbf: z.int(),
  exp: z.int(),
})

/** What the approval is held against: what this gateway asked, and the tunnel it came through. */
export interface ApprovalExpectation {
  readonly request: SessionRequest
  readonly trustDomain: string
  readonly deviceId: DeviceId
  /** PEM of the certificate of the tunnel that the event came through. */
  readonly certificatePem: string
  readonly boot: string
  readonly nowS: number
  /** How far the machine's clock is ahead of ours, seconds. */
  readonly clockOffsetS: number
  /** The approval under which the session goes on, when this one extends it; null for the first one. */
  readonly previous: Approval | null
}

/** Clocks of machine and gateway may differ by this much (security.md, R12: beyond it no new session). */
export const maxClockSkewS = 300

/** An answer given in the last moment may be this long on its way. */
const answerDelayS = 15

/**
 * Verifies the device's signature over the operator's consent (RFC 7515 compact JWS) and holds every claim against what was asked.
 *
 * @throws CodedError `approval_invalid`; `details.check` names the check that failed
 */
export async function verifyApproval(jws: string, expected: ApprovalExpectation): Promise<Approval> {
  const certificate = new X509Certificate(expected.certificatePem)
  const claims = await readClaims(jws, certificate)
  checkParties(claims, expected)
  const times = readTimes(claims, expected)
  return {
    jws,
    jti: claims.jti,
    boot: claims.boot,
    mode: claims.mode,
    operator: claims.operator.name,
    proof: claims.operator.proof,
    services: checkServices(claims.services, expected.request),
    requestDigest: claims.request_digest,
    ...times,
  }
}

type Claims = z.infer<typeof claimsSchema>

async function readClaims(jws: string, certificate: X509Certificate): Promise<Claims> {
  const algorithm = certificate.publicKey.asymmetricKeyType === 'rsa' ? 'PS256' : 'ES256'
  if (!isCanonical(jws)) throw invalid('signature')
  try {
    const { payload, protectedHeader } = await compactVerify(jws, certificate.publicKey, { algorithms: [algorithm] })
    if (protectedHeader.typ !== approvalType) throw invalid('typ')
    const thumbprint = createHash('sha256').update(certificate.raw).digest('base64url')
    if (protectedHeader['x5t#S256'] !== thumbprint) throw invalid('x5t#S256')
    return claimsSchema.parse(JSON.parse(Buffer.from(payload).toString('utf8')))
  } catch (error) {
    if (error instanceof joseErrors.JOSEError) throw invalid('signature', error)
    if (error instanceof CodedError) throw error
    throw invalid('claims', error)
  }
}

/** Base64url as RFC 7515 writes it: no padding, no white space, no stray bits at the end (RFC 4648, section 3.5), all of which jose forgives. */
const isCanonical = (jws: string): boolean => jws.split('.').every((part) => Buffer.from(part, 'base64url').toString('base64url') === part)

function checkParties(claims: Claims, expected: ApprovalExpectation): void {
  if (claims.iss !== `spiffe://${expected.trustDomain}/device/${expected.deviceId}`) throw invalid('iss')
  if (claims.aud !== expected.trustDomain) throw invalid('aud')
  if (claims.sid !== expected.request.session) throw invalid('sid')
  if (claims.sub !== expected.request.technician.id) throw invalid('sub')
  if (claims.request_digest !== requestDigest(expected.request)) throw invalid('request_digest')
  if (claims.boot !== expected.boot) throw invalid('boot')
  // How people come in is chosen at the machine alone, and policy may be stricter; more time than was agreed is the operator's press alone.
  if (claims.mode !== 'attended' && expected.request.kind === 'extend') throw invalid('mode')
}

/**
 * The signed instants are on the machine's clock, what is kept is on ours: the press is never before the question nor in the future, and
 * the time that was granted is never longer than what was asked, however wrong the machine's clock is.
 */
function readTimes(claims: Claims, expected: ApprovalExpectation): Pick<Approval, 'grantedAt' | 'expiresAt'> {
  const { request, nowS, previous, clockOffsetS } = expected
  if (Math.abs(claims.iat - nowS) > maxClockSkewS || claims.iat < request.requested_at - maxClockSkewS) throw invalid('iat')
  if (claims.nbf > claims.iat) throw invalid('nbf')
  // The answer is late when it is late by our own clock; how far the machine's clock is off does not prolong a question.
  if (nowS > request.expires_at + answerDelayS) throw invalid('late')
  const signedS = claims.exp - (previous === null ? claims.iat : signedEnd(previous))
  if (previous === null && signedS > request.duration_s) throw invalid('exp')
  // The machine adds to the end that it has; it may have taken an extension that we had given up before its answer came.
  const grantedS = Math.min(signedS, request.duration_s)
  const expiresAt = previous === null ? Math.min(claims.exp - clockOffsetS, nowS + grantedS) : previous.expiresAt + grantedS
  if (expiresAt <= nowS) throw invalid('exp')
  return { grantedAt: Math.min(nowS, Math.max(request.requested_at, claims.iat - clockOffsetS)), expiresAt }
}

/** `exp` of an approval that was verified before. */
function signedEnd(approval: Approval): number {
  return claimsSchema.parse(decodeJwt(approval.jws)).exp
}

function checkServices(services: readonly string[], request: SessionRequest): readonly ServiceName[] {
  const asked = new Set(request.services)
  const approved = services.filter(isServiceName)
  if (approved.length !== services.length || new Set(services).size !== services.length) throw invalid('services')
  if (approved.some((service) => !asked.has(service))) throw invalid('services')
  return approved
}

function invalid(check: string, cause?: unknown): CodedError {
  return new CodedError({
    code: 'approval_invalid',
    message: 'The machine sent an approval that does not match the request. Access stays closed; ask again.',
    remedy: 'fix',
    details: { check },
    cause,
  })
}
