import type { Duplex } from 'node:stream'
import type { ServiceKind } from '../../agent/wire/agent-api.ts'
import type { RecordingMode } from '../../agent/wire/mirror.ts'
import { CodedError, isCodedError } from '../basics/coded-error.ts'
import type { DeviceId, PersonId, ServiceName, SessionId } from '../basics/ids.ts'
import { isAllowed, type AllowedDecision, type Decision } from '../decisions/decision.ts'
import type { RequestRule } from '../decisions/decision-result.ts'
import type { DeviceLink } from '../devices/device-link.ts'
import { wholeInstallation } from '../basics/scope.ts'
import { allDenials, askAboutSession, noteOf, recordingIn, rulesOf } from './ask-policy.ts'
import type { LiveSession, SessionConduct } from './live-session.ts'
import { endSession } from './end-session.ts'
import { reasonOfDenial } from './reconsider.ts'
import type { Session } from './session.ts'
import type { SessionRoom } from './session-room.ts'
import { open } from './transitions.ts'

declare const authorized: unique symbol

/** A stream that policy and the operator's approval allow. Only {@link authorizeStream} makes one, and only it leads to bytes. */
export interface AuthorizedStream {
  readonly [authorized]: true
  readonly sessionId: SessionId
  readonly deviceId: DeviceId
  readonly personId: PersonId
  readonly service: ServiceName
  readonly kind: ServiceKind
  readonly requestRules: readonly RequestRule[] | null
  /** Aborts when the session ends, or the tunnel is gone for now: ask anew. */
  readonly signal: AbortSignal
  readonly conduct: () => SessionConduct
  /** How the customer lets its pages be recorded. */
  readonly recording: RecordingMode
  readonly recordDemanded: boolean
  /** Nobody records the pages though it is demanded: the session ends. */
  readonly recorderLost: () => void
  openStream(signal?: AbortSignal): Promise<Duplex>
  /** The way of a recorded page of this service to the operator; see `DeviceLink.openMirror`. */
  openMirror(page: string, recorded?: boolean): Promise<Duplex>
}

export interface StreamRefused {
  readonly denied: true
  readonly code: 'session_over' | 'not_open' | 'device_offline' | 'service_not_approved' | 'policy' | 'unknown'
  readonly message: string
  readonly endedReason?: string
  readonly endedBy?: string | null
}

export const isRefused = (stream: AuthorizedStream | StreamRefused): stream is StreamRefused => 'denied' in stream

/** Facts that keep changing while policy is asked: a stream that no decision holds for is refused. */
const mostRounds = 5

/** The checks on the way to a stream, in order; both enforcement points must say yes, and the agent's is on the other end of the tunnel. */
export async function authorizeStream(room: SessionRoom, id: SessionId, service: ServiceName): Promise<AuthorizedStream | StreamRefused> {
  for (let round = 0; round < mostRounds; round += 1) {
    const live = room.get(id)
    if (live === undefined) return overOrUnknown(room, id)
    const refusal = refusedAsItIs(room, live, service)
    if (refusal !== null) return refusal
    const { generation, session } = live
    const [decision] = await askAboutSession(room, session, session.state === 'approved' ? 'open' : 'use', [service])
    if (live.generation !== generation || live.session.approval !== session.approval) continue
    if (decision === undefined || !isAllowed(decision)) return deniedNow(room, live, decision)
    if (!(await enterOpen(room, live, decision))) continue
    if (live.generation === generation && refusedAsItIs(room, live, service) === null) return grant(room, live, service, decision)
  }
  return refused('policy', 'What this depends on keeps changing. Try again.')
}

function refusedAsItIs(room: SessionRoom, live: LiveSession, service: ServiceName): StreamRefused | null {
  const { approval, deviceId } = live.session
  if (live.endsBy !== undefined) return over(live.endsBy)
  if (approval === null) return refused('not_open', 'The operator has not approved this session.')
  if (!approval.services.includes(service)) return refused('service_not_approved', 'The operator did not approve this service.')
  if (room.ports.links.get(deviceId) === undefined) return refused('device_offline', 'The machine is not connected now.')
  return null
}

async function overOrUnknown(room: SessionRoom, id: SessionId): Promise<StreamRefused> {
  const stored = await room.ports.store.find(wholeInstallation, id)
  if (stored === undefined) return refused('unknown', 'There is no such session.')
  return over(stored)
}

const over = ({ endReason, endedBy }: Pick<Session, 'endReason' | 'endedBy'>): StreamRefused => ({
  ...refused('session_over', 'This session is over.'),
  endedReason: endReason ?? 'error',
  endedBy,
})

const refused = (code: StreamRefused['code'], message: string): StreamRefused => ({ denied: true, code, message })

/** A session that policy does not carry any more is not left half open. */
async function deniedNow(room: SessionRoom, live: LiveSession, decision: Decision | undefined): Promise<StreamRefused> {
  const denials = decision === undefined ? [] : allDenials([decision])
  const codes = denials.map((denial) => denial.code)
  await endSession(room, live.session.id, { reason: reasonOfDenial(room, live, codes), codes })
  return refused('policy', denials.map((denial) => denial.message).join('; ') || 'Policy does not allow it.')
}

/** False when the session ended in the same moment. */
async function enterOpen(room: SessionRoom, live: LiveSession, decision: AllowedDecision): Promise<boolean> {
  if (live.session.state === 'open') return true
  try {
    await room.change(live.session.id, (session: Session) =>
      session.state === 'approved' ? open(session, room.ports.clock.nowS(), noteOf(decision)) : undefined,
    )
    return true
  } catch (error) {
    if (isCodedError(error, 'session_over')) return false
    throw error
  }
}

function grant(room: SessionRoom, live: LiveSession, service: ServiceName, decision: AllowedDecision): AuthorizedStream {
  const { id, deviceId, personId } = live.session
  const signal = live.grantSignal(service, rulesOf(decision))
  const rules = decision.result.limits.request_rules
  return {
    sessionId: id,
    deviceId,
    personId,
    service,
    kind: decision.input.service?.kind ?? 'tcp',
    requestRules: rules.length === 0 ? null : rules,
    signal,
    conduct: () => ({ ...live.conduct, paused: live.conduct.paused || live.conduct.held !== null }),
    recording: recordingIn(decision),
    // The operator was told so: looser than that it does not become.
    recordDemanded: decision.result.limits.record || live.session.request.record?.includes(service) === true,
    recorderLost: () => {
      room.ports.logger.warn({ session: id, service }, 'pages that have to be recorded are not')
      // What cannot be stored is logged there and tried again.
      endSession(room, id, { reason: 'recorder_lost' }).catch(() => undefined)
    },
    openMirror: (page, recorded = true) => openMirror({ room, live, service, signal }, page, recorded),
    openStream: (caller) =>
      openStream({ room, live, service, grant: signal, signal: caller === undefined ? signal : AbortSignal.any([signal, caller]) }),
  } as AuthorizedStream
}

interface Opening {
  readonly room: SessionRoom
  readonly live: LiveSession
  readonly service: ServiceName
  /** Of the grant alone. */
  readonly grant: AbortSignal
  /** Of the grant and of the caller. */
  readonly signal: AbortSignal
}

async function openStream({ room, live, service, grant: granted, signal }: Opening): Promise<Duplex> {
  checkHeld(granted, signal)
  const link = linkOf(room, live)
  const leave = room.streams.take(live.session.personId)
  const stream = await link.openStream(live.session.id, service, signal).catch((error: unknown) => {
    leave()
    // What aborted it says why it was aborted, which is no error of its own.
    checkHeld(granted, signal)
    throw error
  })
  if (stream.closed) leave()
  else stream.once('close', leave)
  if (signal.aborted) stream.destroy()
  else live.keepStream(service, stream)
  checkHeld(granted, signal)
  return stream
}

/** It takes no place of the person's streams: what the operator sees of a technician costs him nothing. */
async function openMirror({ room, live, service, signal }: Omit<Opening, 'grant'>, page: string, recorded: boolean): Promise<Duplex> {
  signal.throwIfAborted()
  const stream = await linkOf(room, live).openMirror(live.session.id, service, page, signal)
  const cut = (): void => void stream.destroy()
  signal.addEventListener('abort', cut, { once: true })
  stream.once('close', () => signal.removeEventListener('abort', cut))
  if (signal.aborted) cut()
  else if (recorded) countRecorder(room, live, stream)
  return stream
}

/** People are told while pages of the session are recorded. From one page to the next there is none for a moment, which is nobody's news. */
function countRecorder(room: SessionRoom, live: LiveSession, stream: Duplex): void {
  if (stream.closed) return
  const tell = (): void => {
    if (live.recorded === live.recorders > 0) return
    live.recorded = live.recorders > 0
    if (!live.ending) room.tell(live.session)
  }
  live.recorders += 1
  tell()
  stream.once('close', () => {
    live.recorders -= 1
    if (live.recorders === 0) live.setTimer('recorded', room.ports.clock.after(betweenPagesMs, tell))
  })
}

const betweenPagesMs = 2_000

function linkOf(room: SessionRoom, live: LiveSession): DeviceLink {
  const link = room.ports.links.get(live.session.deviceId)
  if (link === undefined) throw new CodedError({ code: 'device_gone', message: 'The machine is not connected now.', remedy: 'retry' })
  return link
}

function checkHeld(granted: AbortSignal, signal: AbortSignal): void {
  if (granted.aborted) {
    const details = { reason: String(granted.reason) }
    throw new CodedError({ code: 'grant_withdrawn', message: 'This access was withdrawn. Ask for it again.', remedy: 'retry', details })
  }
  signal.throwIfAborted()
}
