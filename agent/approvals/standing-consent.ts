import type { PlannedWindow, ServiceMode, StandingWord } from '../state/mode-store.ts'
import type { ApprovalMode } from '../wire/approval.ts'
import type { SessionRequest } from '../wire/session-request.ts'
import { isPast } from './approval-state.ts'
import type { Moment } from './approval-state.ts'
import type { LeftSession } from './last-leave.ts'
import { isSamePerson } from './same-person.ts'

/** An open call whose operator lets in whom the gateway sends. */
export interface LettingCall extends StandingWord {
  readonly id: string
  readonly services: readonly string[]
  readonly until: Moment
}

export interface StandingConsentOptions {
  readonly request: SessionRequest
  readonly modeOf: (service: string) => ServiceMode
  readonly windows: readonly PlannedWindow[]
  /** Somebody at the machine has to hold an input for it, or the portal wants a press: no consent stands for it. */
  readonly needsPress: (service: string) => boolean
  readonly left: LeftSession | null
  readonly call: LettingCall | null
  readonly now: Moment
}

/** What holds without a press: for every service that is asked for, or for none. */
export interface StandingConsent extends StandingWord {
  readonly mode: Exclude<ApprovalMode, 'attended'>
  /** Unix seconds. */
  readonly expiresAtS: number
}

/** The weakest of several consents names the session. */
const rank = { reconnect: 0, planned: 1, unattended: 2 } as const

export function standingConsent(options: StandingConsentOptions): StandingConsent | null {
  const { request, now } = options
  // More time than was agreed is the operator's word alone.
  if (request.kind !== 'open') return null
  const consents = request.services.map((service) => consentTo(service, options))
  if (consents.length === 0 || consents.some((consent) => consent === null)) return null
  const all = consents.filter((consent) => consent !== null)
  const weakest = all.toSorted((one, other) => rank[other.mode] - rank[one.mode])[0] as StandingConsent
  const expiresAtS = Math.min(Math.floor(now.wallMs / 1000) + request.duration_s, ...all.map((consent) => consent.expiresAtS))
  return expiresAtS * 1000 > now.wallMs ? { ...weakest, expiresAtS } : null
}

function consentTo(service: string, options: StandingConsentOptions): StandingConsent | null {
  if (options.needsPress(service)) return null
  return (
    reconnectConsent(service, options) ??
    plannedConsent(service, options) ??
    callConsent(service, options) ??
    unattendedConsent(service, options)
  )
}

function reconnectConsent(service: string, { request, modeOf, left, now }: StandingConsentOptions): StandingConsent | null {
  const mode = modeOf(service)
  if (mode.mode !== 'reconnect' || left === null) return null
  if (!isSamePerson(left.technician, request.technician) || !left.services.includes(service)) return null
  const minutesMs = mode.minutes * 60_000
  const inTime = (['wallMs', 'monotonicMs', 'bootMs'] as const).every((clock) => now[clock] - left.leftAt[clock] <= minutesMs)
  // A wall clock that was set back gives nobody more time.
  if (!inTime || now.wallMs < left.leftAt.wallMs) return null
  return { mode: 'reconnect', by: left.by, proof: left.proof, expiresAtS: left.expiresAtS }
}

function plannedConsent(service: string, { request, windows, now }: StandingConsentOptions): StandingConsent | null {
  const window = windows.find(
    ({ technician, services, fromMs, untilMs }) =>
      isSamePerson(technician, request.technician) && services.includes(service) && fromMs <= now.wallMs && now.wallMs < untilMs,
  )
  return window === undefined
    ? null
    : { mode: 'planned', by: window.by, proof: window.proof, expiresAtS: Math.floor(window.untilMs / 1000) }
}

function callConsent(service: string, { request, call, now }: StandingConsentOptions): StandingConsent | null {
  if (call === null || request.help !== call.id || !call.services.includes(service) || isPast(call.until, now)) return null
  return { mode: 'planned', by: call.by, proof: call.proof, expiresAtS: Math.floor(call.until.wallMs / 1000) }
}

function unattendedConsent(service: string, { modeOf }: StandingConsentOptions): StandingConsent | null {
  const mode = modeOf(service)
  return mode.mode === 'unattended' ? { mode: 'unattended', by: mode.by, proof: mode.proof, expiresAtS: Number.MAX_SAFE_INTEGER } : null
}
