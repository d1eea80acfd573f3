import type { OperatorProof, ApprovalMode } from '../../agent/wire/approval.ts'
import type { SessionRequest } from '../../agent/wire/session-request.ts'
import type { DeviceId, OrganisationId, PersonId, ServiceName, SessionId } from '../basics/ids.ts'

export const sessionStates = ['requested', 'awaiting_approval', 'approved', 'open', 'ended'] as const
export type SessionState = (typeof sessionStates)[number]

/** The closed list (design.md, section 6): every ending has exactly one. */
export const endReasons = [
  'completed',
  'ended_by_operator',
  'ended_by_technician',
  'time_limit',
  'refused',
  'approval_timeout',
  'withdrawn',
  'policy',
  'switch_off',
  'device_lost',
  'panel_lost',
  'recorder_lost',
  'clock',
  'suspended',
  'revoked',
  'gateway_shutdown',
  'error',
] as const
export type EndReason = (typeof endReasons)[number]

/** An operator's consent whose signature this gateway verified. Instants are Unix seconds of this gateway's clock, not of the machine's. */
export interface Approval {
  /** The compact JWS as the device signed it: the proof. */
  readonly jws: string
  readonly jti: string
  readonly boot: string
  readonly mode: ApprovalMode
  readonly operator: string
  readonly proof: OperatorProof
  readonly services: readonly ServiceName[]
  readonly requestDigest: string
  readonly grantedAt: number
  readonly expiresAt: number
}

/** One technician, one device, one purpose, limited in time. Every instant is Unix seconds. */
export interface Session {
  readonly id: SessionId
  /** Owner of the device. */
  readonly organisationId: OrganisationId
  readonly deviceId: DeviceId
  readonly personId: PersonId
  /** How the technician had signed in when he asked, and from where: policy judges the session by it until it ends. */
  readonly authentication: { readonly methods: readonly string[]; readonly time: number }
  readonly address: string | null
  readonly state: SessionState
  /** The request as the operator was shown it last (an extension has its own). */
  readonly request: SessionRequest
  readonly requestDigest: string
  /** An extension that waits for the operator, while the session goes on under `approval`. */
  readonly pendingExtension: SessionRequest | null
  readonly approval: Approval | null
  readonly extensions: number
  readonly requestedAt: number
  readonly shownAt: number | null
  readonly approvedAt: number | null
  readonly openedAt: number | null
  /** End of the session's time; null before the approval. Starts at the approval, never at the request. */
  readonly expiresAt: number | null
  readonly endedAt: number | null
  readonly endReason: EndReason | null
  /** Name of the person who ended or refused it, where one did. */
  readonly endedBy: string | null
  /** What policy said, when the reason is `policy`: codes. */
  readonly endCodes: readonly string[]
  /** Unix seconds since when the tunnel is gone, while the session survives the gap. */
  readonly tunnelLostAt: number | null
  readonly version: number
}

export const isLive = (session: Session): boolean => session.state !== 'ended'
