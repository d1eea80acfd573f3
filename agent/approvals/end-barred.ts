import type { ApprovalDesk } from './desk-contract.ts'

/** A machine that was taken out of service keeps no session: there is no gap that it could survive. */
export function endBarred(desk: ApprovalDesk, reason: string): void {
  if (reason !== 'revoked' && reason !== 'suspended') return
  for (const session of [desk.pending?.request.session, desk.live?.id]) if (session !== undefined) desk.endByGateway(session, reason, null)
}
