import { isAllowed } from '../decisions/decision.ts'
import type { DeviceLink } from '../devices/device-link.ts'
import { deviceActor } from '../ledger/event.ts'
import type { SessionId } from '../basics/ids.ts'
import { requestDigest } from '../../agent/wire/session-request.ts'
import { allDenials, askAboutSession, noteOf } from './ask-policy.ts'
import { armDeadlines } from './deadlines.ts'
import { endSession } from './end-session.ts'
import type { LiveSession } from './live-session.ts'
import { reconsiderOne } from './reconsider.ts'
import type { Approval, Session } from './session.ts'
import type { SessionRoom } from './session-room.ts'
import { approve, dropExtension, extend } from './transitions.ts'
import { verifyApproval } from './verify-approval.ts'

/**
 * An approval came through the tunnel. Its signature and every claim are checked, then policy decides with it as a fact; what is not in
 * order ends the session on both sides. The same approval again (a repeated event) changes nothing.
 */
export async function receiveApproval(room: SessionRoom, link: DeviceLink, boot: string, id: SessionId, jws: string): Promise<void> {
  const live = room.get(id)
  if (live === undefined || live.session.deviceId !== link.deviceId) {
    // An approval for what is over: the agent must not keep its gate open for it.
    await link.endSession(id, 'error', null)
    return
  }
  if (live.session.approval?.jws === jws) return
  try {
    if (live.session.pendingExtension === null) await approveFirst(room, live, link, boot, jws)
    else await approveExtension(room, live, link, boot, jws)
  } catch (error) {
    room.ports.logger.warn({ err: error, session: id, device: link.deviceId }, 'an approval was refused')
    await endSession(room, id, { reason: 'error', actor: deviceActor(link.deviceId), codes: ['approval_invalid'] })
  }
}

async function verify(room: SessionRoom, session: Session, link: DeviceLink, boot: string, jws: string): Promise<Approval> {
  return verifyApproval(jws, {
    request: session.pendingExtension ?? session.request,
    trustDomain: room.ports.settings.trustDomain,
    deviceId: link.deviceId,
    certificatePem: link.certificatePem,
    boot,
    nowS: room.ports.clock.nowS(),
    expiresAt: session.expiresAt,
  })
}

async function approveFirst(room: SessionRoom, live: LiveSession, link: DeviceLink, boot: string, jws: string): Promise<void> {
  const approval = await verify(room, live.session, link, boot, jws)
  const decisions = await askAboutSession(room, { ...live.session, approval, expiresAt: approval.expiresAt }, 'open', approval.services)
  if (!decisions.every(isAllowed)) {
    const codes = allDenials(decisions).map((denial) => denial.code)
    await endSession(room, live.session.id, { reason: 'policy', codes })
    return
  }
  await room.change(live.session.id, (session) => approve(session, approval, decisions.map(noteOf)))
  armDeadlines(room, live)
  await reconsiderOne(room, live)
}

async function approveExtension(room: SessionRoom, live: LiveSession, link: DeviceLink, boot: string, jws: string): Promise<void> {
  const approval = await verify(room, live.session, link, boot, jws)
  await room.change(live.session.id, (session) =>
    session.pendingExtension !== null && requestDigest(session.pendingExtension) === approval.requestDigest ? extend(session, approval) : undefined,
  )
  armDeadlines(room, live)
  await reconsiderOne(room, live)
}

/** The operator said no, or did not answer: the end of a first request, or of an extension alone. */
export async function receiveRefusal(
  room: SessionRoom,
  link: DeviceLink,
  refusal: { readonly session: SessionId; readonly kind: 'open' | 'extend'; readonly how: string; readonly by: string | null },
): Promise<void> {
  const live = room.get(refusal.session)
  if (live === undefined || live.session.deviceId !== link.deviceId) return
  if (refusal.kind === 'extend') {
    await room.change(refusal.session, (session) => (session.pendingExtension === null ? undefined : dropExtension(session, refusal.how, refusal.by)))
    return
  }
  if (live.session.approval !== null) return
  const reason = refusal.how === 'timeout' ? 'approval_timeout' : 'refused'
  await endSession(room, refusal.session, {
    reason,
    actor: { kind: 'operator', id: refusal.by },
    by: refusal.by,
    codes: refusal.how === 'refused' || refusal.how === 'timeout' ? [] : [refusal.how],
    tellAgent: false,
  })
}
