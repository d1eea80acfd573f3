import type { ServiceTable } from '../services/service-table.ts'
import type { OpenCall } from '../state/help-store.ts'
import type { Quiet } from '../state/quiet-store.ts'
import type { SessionRequest } from '../wire/session-request.ts'
import type { LiveSession, PendingRequest } from './approval-state.ts'
import { isSamePerson } from './same-person.ts'

export interface JudgeRequestOptions {
  readonly request: SessionRequest
  readonly digest: string
  readonly nowS: number
  readonly deviceId: string
  readonly trustDomain: string
  readonly pending: PendingRequest | null
  readonly live: LiveSession | null
  readonly quiet: readonly Quiet[]
  readonly services: ServiceTable
  readonly call: OpenCall | null
  /** Whether this session id was asked for, refused or ended before. */
  readonly known: boolean
}

export type RequestVerdict =
  | { readonly kind: 'show' }
  /** The very same request is shown or approved already: asking twice changes nothing. */
  | { readonly kind: 'already' }
  | { readonly kind: 'refuse'; readonly status: number; readonly code: ShowRefusal; readonly message: string }

export type ShowRefusal = 'bad_request' | 'unknown_service' | 'switch_off' | 'not_now' | 'not_today' | 'help_over' | 'busy'

/** Clocks may differ by this much (security.md, R12). */
const maxClockSkewS = 300

/** Whether this request may be put before the operator. Checks stand in the order of who is at fault: the asker, the customer's rules, the moment. */
export function judgeRequest(options: JudgeRequestOptions): RequestVerdict {
  const { request, digest, pending, live } = options
  if (pending?.digest === digest || live?.digest === digest) return { kind: 'already' }
  return (
    partyProblem(options) ??
    timeProblem(options) ??
    sessionProblem(options) ??
    serviceProblem(options) ??
    callProblem(options) ??
    momentProblem(request, options) ?? { kind: 'show' }
  )
}

function partyProblem({ request, deviceId, trustDomain }: JudgeRequestOptions): RequestVerdict | null {
  if (request.device !== deviceId) return bad(`this is ${deviceId}, the request is for ${request.device}`)
  if (request.gateway !== trustDomain) return bad(`this device belongs to ${trustDomain}, the request is from ${request.gateway}`)
  return null
}

function timeProblem({ request, nowS }: JudgeRequestOptions): RequestVerdict | null {
  if (Math.abs(request.requested_at - nowS) > maxClockSkewS)
    return bad(`requested_at is ${request.requested_at - nowS} s away from the device's clock; at most ${maxClockSkewS} s are allowed`)
  if (request.expires_at <= nowS) return bad('expires_at has passed')
  return null
}

function sessionProblem({ request, live, known }: JudgeRequestOptions): RequestVerdict | null {
  if (request.kind === 'open') return known ? bad('this session id was used before') : null
  if (live?.id !== request.session) return bad('there is no such live session to extend')
  if (!isSamePerson(live.technician, request.technician)) return bad('the session belongs to another technician')
  if (request.services.some((service) => !live.services.includes(service))) return bad('an extension cannot add services')
  return null
}

function serviceProblem({ request, services }: JudgeRequestOptions): RequestVerdict | null {
  const others = [...(request.record ?? []), ...(request.pause_unexplained ?? [])].find((service) => !request.services.includes(service))
  if (others !== undefined) return bad(`record and pause_unexplained name ${others}, which is not asked for`)
  const unknown = request.services.find((service) => services.find(service) === undefined)
  if (unknown !== undefined)
    return { kind: 'refuse', status: 404, code: 'unknown_service', message: `this device has no service ${unknown}` }
  const off = request.services.find((service) => !services.isOn(service))
  if (off !== undefined) return { kind: 'refuse', status: 409, code: 'switch_off', message: `${off} is switched off at the device` }
  return null
}

/** Whoever answers a call gets what the call names. */
function callProblem({ request, call }: JudgeRequestOptions): RequestVerdict | null {
  if (request.help === undefined || request.kind === 'extend') return null
  if (call?.id !== request.help || call.session !== null)
    return { kind: 'refuse', status: 409, code: 'help_over', message: 'nobody here calls for this help any more' }
  const other = request.services.find((service) => !call.services.includes(service))
  return other === undefined ? null : bad(`the call is not for ${other}`)
}

function momentProblem(request: SessionRequest, { quiet, pending, live }: JudgeRequestOptions): RequestVerdict | null {
  const silence = quiet.find((one) => one.technician.id === request.technician.id)
  if (silence !== undefined)
    return { kind: 'refuse', status: 409, code: silence.how, message: 'the operator does not want to be asked by this technician now' }
  if (pending !== null) return { kind: 'refuse', status: 409, code: 'busy', message: 'another request is shown' }
  if (live !== null && request.kind === 'open')
    return { kind: 'refuse', status: 409, code: 'busy', message: 'another session is open on this device' }
  return null
}

function bad(message: string): RequestVerdict {
  return { kind: 'refuse', status: 400, code: 'bad_request', message }
}
