import type { Clock } from '../basics/clock.ts'
import type { HoldReason } from '../wire/agent-api.ts'
import type { ApprovalMode, OperatorProof } from '../wire/approval.ts'
import type { SessionRequest } from '../wire/session-request.ts'

/** A moment on three clocks: a deadline holds by whichever comes first. */
export interface Moment {
  readonly wallMs: number
  readonly monotonicMs: number
  readonly bootMs: number
}

/** What the operator is shown and has not answered. */
export interface PendingRequest {
  readonly request: SessionRequest
  readonly digest: string
  /** Standard base64 of a JPEG, or null. */
  readonly photo: string | null
  readonly shownAtMs: number
  readonly decideBy: Moment
}

/** A request that changes something and that no act explains. */
export interface PausedAt {
  readonly service: string
  readonly method: string
  /** Without its query, which may hold secrets. */
  readonly path: string
  readonly atMs: number
}

/** An approved session. */
export interface LiveSession {
  readonly id: string
  readonly technician: SessionRequest['technician']
  readonly photo: string | null
  readonly services: readonly string[]
  readonly purpose: string
  readonly ticket: string | null
  /** The call for help that it answers, or null. */
  readonly help: string | null
  readonly approvedBy: string
  readonly proof: OperatorProof
  readonly mode: ApprovalMode
  readonly startedAtMs: number
  /** Unix seconds, as it is signed. */
  readonly expiresAtS: number
  readonly deadline: Moment
  /** Wall clock less boot clock when it was first approved. */
  readonly clockOffsetMs: number
  /** The operator has stopped it for a while: no byte passes. */
  readonly paused: boolean
  /** At what the session stands still by itself, while it is paused for it; null: for no request. */
  readonly pausedAt: PausedAt | null
  /** What could change the machine does not pass. */
  readonly viewOnly: boolean
  /** What else holds its bytes, as far as the technician was told. */
  readonly held: HoldReason | null
  /** Services whose pages policy wants recorded, and those where it stands still at unexplained requests, as the operator was shown. */
  readonly record: readonly string[]
  readonly pauseUnexplained: readonly string[]
  /** Newest approval, compact JWS. */
  readonly approval: string
  /** Digest of the request that was approved last. */
  readonly digest: string
}

export const momentOf = (clock: Clock): Moment => ({ wallMs: clock.nowMs(), monotonicMs: clock.monotonicMs(), bootMs: clock.bootMs() })

export function isPast(deadline: Moment, now: Moment): boolean {
  return now.wallMs >= deadline.wallMs || now.monotonicMs >= deadline.monotonicMs || now.bootMs >= deadline.bootMs
}

export function later(now: Moment, byMs: number): Moment {
  return { wallMs: now.wallMs + byMs, monotonicMs: now.monotonicMs + byMs, bootMs: now.bootMs + byMs }
}
