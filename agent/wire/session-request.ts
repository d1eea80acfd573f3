import { createHash } from 'node:crypto'
import { canonicalJson } from './canonical-json.ts'

/**
 * What a technician asks for, as the operator is shown it: one canonical JSON object (RFC 8785). Instants are Unix seconds.
 * The agent refuses an object with members that it does not know: whoever presses must have been shown everything.
 */
export interface SessionRequest {
  readonly v: 1
  /** `open` asks for a new session; `extend` for more time in the session of the same id. */
  readonly kind: 'open' | 'extend'
  /** `ses_` + 32 hex. */
  readonly session: string
  readonly device: string
  /** Trust domain of the gateway that asks. */
  readonly gateway: string
  readonly technician: {
    readonly id: string
    readonly name: string
    /** Name of the technician's organisation. */
    readonly organisation: string
    /** Standard base64 of the SHA-256 of the JPEG that travels beside the request, or null without a photo. */
    readonly photo_sha256: string | null
  }
  readonly services: readonly string[]
  readonly purpose: string
  readonly ticket: string | null
  /** The call for help that it answers (help-call.ts). Absent: none. */
  readonly help?: string
  /** Those of `services` whose pages policy wants recorded: without a running recorder the session ends. Absent: none. */
  readonly record?: readonly string[]
  /** Those where it stands still at a request that changes something and that no act on a recorded page explains. Absent: none. */
  readonly pause_unexplained?: readonly string[]
  /** Seconds from the press (kind `open`), or seconds more (kind `extend`). */
  readonly duration_s: number
  readonly requested_at: number
  /** The gateway takes no approval after this instant. */
  readonly expires_at: number
  /** Standard base64 of 32 random bytes, so that a digest cannot be guessed (ledger.md, C4). */
  readonly salt: string
}

/** Standard base64 (padded) of SHA-256 over the canonical bytes: `request_digest` in approvals and ledgers. */
export function requestDigest(request: SessionRequest): string {
  return createHash('sha256').update(canonicalJson(request), 'utf8').digest('base64')
}
