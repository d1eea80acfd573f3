import { isAllowed } from '../decisions/decision.ts'
import type { DeviceLink } from '../devices/device-link.ts'
import { deviceActor, gatewayActor, type NewEvent } from '../ledger/event.ts'
import type { SessionId } from '../basics/ids.ts'
import type { SessionRequest } from '../../agent/wire/session-request.ts'
import { isCodedError } from '../basics/coded-error.ts'
import { wholeInstallation } from '../basics/scope.ts'
import { allDenials, askAboutSession, noteOf } from './ask-policy.ts'
import { armDeadlines } from './deadlines.ts'
import { endSession, type EndSessionOptions } from './end-session.ts'
import type { LiveSession } from './live-session.ts'
import { reasonOfDenial, reconsiderOne } from './reconsider.ts'
import type { Approval } from './session.ts'
import type { SessionRoom } from './session-room.ts'
import { approve, dropExtension, extend } from './transitions.ts'
import { verifyApproval } from './verify-approval.ts'

/**
 * An approval came through the tunnel. Its signature and every claim are checked, then policy decides with it as a fact; what is not in
 * order ends the session on both sides. One that nothing waits for (a repeated event, an answer to a question that is over) changes nothing.
 */
export async function receiveApproval(room: SessionRoom, link: DeviceLink, boot: string, id: SessionId, jws: string): Promise<void> {
  const live = room.get(id)
  if (live === undefined || live.session.deviceId !== link.deviceId) {
    // An approval for what is over: the agent must not keep its gate open for it.
    await endAtAgent(room, link, id)
    return
  }
  const { approval, pendingExtension } = live.session
  if (approval?.jws === jws || live.ending) return
  const came: Came = { room, link, boot, jws }
  try {
    if (approval === null) await approveFirst(came, live)
    else if (pendingExtension !== null) await approveExtension(came, live, pendingExtension)
    else room.ports.logger.warn({ session: id, device: link.deviceId }, 'an approval came that nothing waits for')
  } catch (error) {
    room.ports.logger.warn({ err: error, session: id, device: link.deviceId }, 'an approval was refused')
    await endSession(room, id, { ...endingAfter(error), actor: deviceActor(link.deviceId) })
  }
}

function endingAfter(error: unknown): Pick<EndSessionOptions, 'reason' | 'codes'> {
  if (!isCodedError(error, 'approval_invalid')) return { reason: 'error' }
  // Pressed, and the agent was started anew before we heard of it: the approval is gone with its process.
  if (error.details['check'] === 'boot') return { reason: 'device_lost' }
  return { reason: 'error', codes: ['approval_invalid'] }
}

/** Says that a session is over, and why; an agent that does not answer learns it from the next snapshot. */
export async function endAtAgent(room: SessionRoom, link: DeviceLink, id: SessionId): Promise<void> {
  try {
    const session = await room.ports.store.find(wholeInstallation, id)
    const own = session?.deviceId === link.deviceId ? session : undefined
    await link.endSession(id, own?.endReason ?? 'error', own?.endedBy ?? null)
  } catch (error) {
    room.ports.logger.warn({ err: error, session: id, device: link.deviceId }, 'the agent did not confirm the ending')
  }
}

interface Came {
  readonly room: SessionRoom
  readonly link: DeviceLink
  readonly boot: string
  readonly jws: string
}

async function verify({ room, link, boot, jws }: Came, request: SessionRequest, previous: Approval | null): Promise<Approval> {
  return verifyApproval(jws, {
    request,
    trustDomain: room.ports.settings.trustDomain,
    deviceId: link.deviceId,
    certificatePem: link.certificatePem,
    boot,
    nowS: room.ports.clock.nowS(),
    clockOffsetS: room.clockOffsetS(link.deviceId),
    previous,
  })
}

async function approveFirst(came: Came, live: LiveSession): Promise<void> {
  const { room } = came
  const approval = await verify(came, live.session.request, null)
  const decisions = await askAboutSession(room, { ...live.session, approval, expiresAt: approval.expiresAt }, 'open', approval.services)
  if (!decisions.every(isAllowed)) {
    const codes = allDenials(decisions).map((denial) => denial.code)
    await endSession(room, live.session.id, { reason: reasonOfDenial(room, live, codes), codes })
    return
  }
  await room.change(live.session.id, (session) =>
    session.approval === null && !live.ending ? approve(session, approval, decisions.map(noteOf)) : undefined,
  )
  armDeadlines(room, live)
  await reconsiderOne(room, live)
}

/** More time needs policy as well as the operator, in this moment; without it the session goes on as it was. */
async function approveExtension(came: Came, live: LiveSession, asked: SessionRequest): Promise<void> {
  const { room } = came
  const approval = await verify(came, asked, live.session.approval)
  const decisions = await askAboutSession(room, live.session, 'extend', approval.services, asked.duration_s)
  const allowed = decisions.every(isAllowed)
  await room.change(live.session.id, (session) => {
    if (session.pendingExtension?.salt !== asked.salt || live.ending) return undefined
    return allowed ? extend(session, approval, decisions.map(noteOf)) : dropExtension(session, 'policy', gatewayActor)
  })
  // The operator may have left services out.
  if (allowed) live.cutStreams('service_not_approved', approval.services)
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
  const actor: NewEvent['actor'] = refusal.how === 'timeout' ? deviceActor(link.deviceId) : { kind: 'operator', id: refusal.by }
  if (refusal.kind === 'extend') {
    await room.change(refusal.session, (session) =>
      session.pendingExtension === null ? undefined : dropExtension(session, refusal.how, actor),
    )
    armDeadlines(room, live)
    return
  }
  if (live.session.approval !== null) return
  const reason = refusal.how === 'timeout' ? 'approval_timeout' : 'refused'
  await endSession(room, refusal.session, {
    reason,
    actor,
    by: refusal.by,
    codes: refusal.how === 'refused' || refusal.how === 'timeout' ? [] : [refusal.how],
    tellAgent: false,
  })
}
