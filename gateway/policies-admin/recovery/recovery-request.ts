import type { KeyObject } from 'node:crypto'
import { z } from 'zod'
import { CodedError } from '../../basics/coded-error.ts'
import { fingerprintOfPrivate, isSignedBy, signWith } from './recovery-key.ts'
import type { RecoveryKey } from './recovery-keys.ts'

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/)

/** What two administrators sign: this revision, for this installation, as this number. Later or elsewhere it is worth nothing. */
export const recoveryRequestSchema = z.strictObject({
  what: z.literal('sallyport policy recovery v1'),
  organisation: z.string().max(100),
  revision: digest,
  /** The number that the activation will have: one more than was ever seen here. */
  sequence: z.int().min(1),
  reason: z.string().trim().min(3).max(500),
  nonce: z.string().regex(/^[0-9a-f]{32}$/),
  /** Unix milliseconds. */
  made_at: z.int(),
  signatures: z.array(z.strictObject({ fingerprint: z.string().regex(/^[0-9a-f]{64}$/), signature: z.string().max(200) })).max(10),
})
export type RecoveryRequest = z.infer<typeof recoveryRequestSchema>

/** @throws CodedError `recovery_request_invalid` */
export function readRecoveryRequest(text: string): RecoveryRequest {
  const read = recoveryRequestSchema.safeParse(parsed(text))
  if (read.success) return read.data
  throw new CodedError({
    code: 'recovery_request_invalid',
    message: 'This is no recovery request. Make one with: sallyport recover-policy request',
    remedy: 'fix',
    problems: read.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })),
  })
}

/** The same request with one more signature; a key signs once. */
export function signRecoveryRequest(request: RecoveryRequest, key: KeyObject): RecoveryRequest {
  const fingerprint = fingerprintOfPrivate(key)
  const others = request.signatures.filter((one) => one.fingerprint !== fingerprint)
  return { ...request, signatures: [...others, { fingerprint, signature: signWith(key, signedBytes(request)) }] }
}

/** Whose registered keys have signed exactly this. */
export const signersOf = (request: RecoveryRequest, keys: readonly RecoveryKey[]): readonly RecoveryKey[] =>
  keys.filter(({ fingerprint, publicKeyPem }) =>
    request.signatures.some((one) => one.fingerprint === fingerprint && isSignedBy(publicKeyPem, signedBytes(request), one.signature)),
  )

/** Plain lines, as for everything that is signed of a policy. */
function signedBytes({ what, organisation, revision, sequence, reason, nonce, made_at: madeAt }: RecoveryRequest): Buffer {
  const lines = [
    what,
    `organisation ${organisation}`,
    `revision ${revision}`,
    `sequence ${sequence}`,
    `nonce ${nonce}`,
    `made at ${madeAt}`,
  ]
  return Buffer.from(`${lines.join('\n')}\nreason ${JSON.stringify(reason)}\n`)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
