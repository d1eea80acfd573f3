import type { ApprovalClaims } from '../wire/approval.ts'
import { later } from './approval-state.ts'
import type { LiveSession, Moment, PendingRequest } from './approval-state.ts'
import type { ApprovalTerms } from './judge-approval.ts'

export interface ApprovalClaimsOptions {
  readonly shown: PendingRequest
  readonly terms: ApprovalTerms
  readonly spiffeId: string
  readonly trustDomain: string
  readonly boot: string
  readonly jti: string
  readonly nowS: number
}

/** What the device signs for a press (approval.ts). */
export function approvalClaims({ shown, terms, spiffeId, trustDomain, boot, jti, nowS }: ApprovalClaimsOptions): ApprovalClaims {
  return {
    iss: spiffeId,
    aud: trustDomain,
    jti,
    boot,
    mode: terms.mode,
    sid: shown.request.session,
    sub: shown.request.technician.id,
    services: terms.services,
    request_digest: shown.digest,
    operator: { name: terms.operator.name, proof: terms.operator.proof },
    iat: nowS,
    nbf: nowS,
    exp: terms.expiresAtS,
  }
}

export interface ApprovedSessionOptions {
  readonly shown: PendingRequest
  readonly terms: ApprovalTerms
  readonly approval: string
  /** The session that is prolonged, or null for a new one. */
  readonly before: LiveSession | null
  readonly now: Moment
}

/** The session that a press opens or prolongs. */
export function approvedSession({ shown, terms, approval, before, now }: ApprovedSessionOptions): LiveSession {
  const { request } = shown
  return {
    id: request.session,
    technician: request.technician,
    photo: shown.photo,
    services: terms.services,
    purpose: request.purpose,
    ticket: request.ticket,
    help: request.help ?? null,
    approvedBy: terms.operator.name,
    proof: terms.operator.proof,
    mode: terms.mode,
    startedAtMs: before?.startedAtMs ?? now.wallMs,
    expiresAtS: terms.expiresAtS,
    deadline: deadlineFor(terms.expiresAtS, before, now),
    clockOffsetMs: before?.clockOffsetMs ?? now.wallMs - now.bootMs,
    paused: before?.paused ?? false,
    viewOnly: before?.viewOnly ?? false,
    held: before?.held ?? null,
    pausedAt: before?.pausedAt ?? null,
    record: request.record ?? [],
    pauseUnexplained: request.pause_unexplained ?? [],
    approval,
    digest: shown.digest,
  }
}

/** The ends on the clocks that nobody sets move with an extension by as much as the signed one does: a wall clock that was set in between prolongs nothing. */
function deadlineFor(expiresAtS: number, before: LiveSession | null, now: Moment): Moment {
  const wallMs = expiresAtS * 1000
  if (before === null) return later(now, wallMs - now.wallMs)
  return { ...later(before.deadline, (expiresAtS - before.expiresAtS) * 1000), wallMs }
}
