import type { SessionState } from '../../../gateway/http-api/contract/sessions.ts'
import type { StateLook } from '../../look/state-badge.tsx'

export const sessionLooks: Record<SessionState, StateLook> = {
  requested: 'waiting',
  awaiting_approval: 'waiting',
  approved: 'approved',
  open: 'live',
  ended: 'ended',
}

export const isLiveState = (state: SessionState): boolean => state !== 'ended'
