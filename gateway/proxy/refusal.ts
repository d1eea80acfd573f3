/** The pages that we show instead of the machine. */
export type RefusalKind =
  | 'not_yours'
  | 'session_over'
  | 'not_open'
  | 'machine_offline'
  | 'service_not_answering'
  | 'bad_request'
  | 'not_allowed'
  | 'view_only'
  | 'unrecorded'
  | 'too_many'
  | 'not_found'
  | 'unavailable'

/** Why the proxy answers by itself. Nothing of the machine is in it. */
export interface Refusal {
  readonly refused: true
  readonly kind: RefusalKind
  readonly status: number
  /** snake_case, stable: in the problem document and on the page. */
  readonly code: string
  /** The rest of this connection cannot be trusted or is not wanted: close it after the answer. */
  readonly close: boolean
  /** Set where the session is over. */
  readonly endedReason?: string
  readonly endedBy?: string | null
  /** A sentence of the authority for the technician. */
  readonly message?: string
  /** Response headers that belong to the status. */
  readonly headers?: Readonly<Record<string, string>>
}

const statuses: Readonly<Record<RefusalKind, number>> = {
  not_yours: 403,
  session_over: 410,
  not_open: 403,
  machine_offline: 503,
  service_not_answering: 502,
  bad_request: 400,
  not_allowed: 403,
  view_only: 403,
  unrecorded: 403,
  too_many: 429,
  not_found: 404,
  unavailable: 503,
}

export function refuse(kind: RefusalKind, code: string, more: Partial<Omit<Refusal, 'refused' | 'kind' | 'code'>> = {}): Refusal {
  return { refused: true, kind, code, status: statuses[kind], close: kind === 'bad_request', ...more }
}

export function isRefusal(value: object): value is Refusal {
  return 'refused' in value && value.refused === true
}
