import type { Duplex } from 'node:stream'
import type { ServiceKind } from '../../agent/wire/agent-api.ts'
import { CodedError } from '../basics/coded-error.ts'
import type { DeviceId, ServiceName, SessionId } from '../basics/ids.ts'
import { isAllowed, type AllowedDecision, type Decision } from '../decisions/decision.ts'
import type { RequestRule } from '../decisions/decision-result.ts'
import { wholeInstallation } from '../basics/scope.ts'
import { allDenials, askAboutSession, noteOf } from './ask-policy.ts'
import type { LiveSession } from './live-session.ts'
import { endSession } from './end-session.ts'
import type { Session } from './session.ts'
import type { SessionRoom } from './session-room.ts'
import { open } from './transitions.ts'

declare const authorized: unique symbol

/** A stream that policy and the operator's approval allow. Only {@link authorizeStream} makes one, and only it leads to bytes. */
export interface AuthorizedStream {
  readonly [authorized]: true
  readonly sessionId: SessionId
  readonly deviceId: DeviceId
  readonly service: ServiceName
  readonly kind: ServiceKind
  readonly requestRules: readonly RequestRule[] | null
  /** Aborts when the session ends, or the tunnel is gone for now: ask anew. */
  readonly signal: AbortSignal
  openStream(signal?: AbortSignal): Promise<Duplex>
}

export interface StreamRefused {
  readonly denied: true
  readonly code: 'session_over' | 'not_open' | 'device_offline' | 'service_not_approved' | 'policy' | 'unknown'
  readonly message: string
  readonly endedReason?: string
  readonly endedBy?: string | null
}

export const isRefused = (stream: AuthorizedStream | StreamRefused): stream is StreamRefused => 'denied' in stream

/** The checks on the way to a stream, in order; both enforcement points must say yes, and the agent's is on the other end of the tunnel. */
export async function authorizeStream(room: SessionRoom, id: SessionId, service: ServiceName): Promise<AuthorizedStream | StreamRefused> {
  const live = room.get(id)
  if (live === undefined) return overOrUnknown(room, id)
  const { session } = live
  if (session.approval === null) return refused('not_open', 'The operator has not approved this session.')
  if (!session.approval.services.includes(service)) return refused('service_not_approved', 'The operator did not approve this service.')
  if (room.ports.links.get(session.deviceId) === undefined) return refused('device_offline', 'The machine is not connected now.')
  const [decision] = await askAboutSession(room, session, session.state === 'approved' ? 'open' : 'use', [service])
  if (decision === undefined || !isAllowed(decision)) return deniedNow(room, live, decision)
  await enterOpen(room, live, decision)
  return grant(room, live, service, decision)
}

async function overOrUnknown(room: SessionRoom, id: SessionId): Promise<StreamRefused> {
  const stored = await room.ports.store.find(wholeInstallation, id)
  if (stored === undefined) return refused('unknown', 'There is no such session.')
  return { ...refused('session_over', 'This session is over.'), endedReason: stored.endReason ?? 'error', endedBy: stored.endedBy }
}

const refused = (code: StreamRefused['code'], message: string): StreamRefused => ({ denied: true, code, message })

/** A session that policy does not carry any more is not left half open. */
async function deniedNow(room: SessionRoom, live: LiveSession, decision: Decision | undefined): Promise<StreamRefused> {
  const denials = decision === undefined ? [] : allDenials([decision])
  await endSession(room, live.session.id, { reason: 'policy', codes: denials.map((denial) => denial.code) })
  return refused('policy', denials.map((denial) => denial.message).join('; ') || 'Policy does not allow it.')
}

async function enterOpen(room: SessionRoom, live: LiveSession, decision: AllowedDecision): Promise<void> {
  if (live.session.state !== 'approved') return
  await room.change(live.session.id, (session: Session) =>
    session.state === 'approved' ? open(session, room.ports.clock.nowS(), noteOf(decision)) : undefined,
  )
}

function grant(room: SessionRoom, live: LiveSession, service: ServiceName, decision: AllowedDecision): AuthorizedStream | StreamRefused {
  const { id, deviceId, state } = live.session
  // The session may have ended while policy was asked.
  if (state === 'ended' || room.get(id) !== live) return refused('session_over', 'This session is over.')
  const signal = live.grantSignal(service)
  const rules = decision.result.limits.request_rules
  return {
    sessionId: id,
    deviceId,
    service,
    kind: decision.input.service?.kind ?? 'tcp',
    requestRules: rules.length === 0 ? null : rules,
    signal,
    openStream: (caller) => openStream(room, live, service, caller === undefined ? signal : AbortSignal.any([signal, caller])),
  } as AuthorizedStream
}

async function openStream(room: SessionRoom, live: LiveSession, service: ServiceName, signal: AbortSignal): Promise<Duplex> {
  signal.throwIfAborted()
  const link = room.ports.links.get(live.session.deviceId)
  if (link === undefined) throw new CodedError({ code: 'device_gone', message: 'The machine is not connected now.', remedy: 'retry' })
  const stream = await link.openStream(live.session.id, service, signal)
  if (signal.aborted) {
    stream.destroy()
    signal.throwIfAborted()
  }
  stream.once('close', live.countStream(service))
  return stream
}
