import { AgentError } from '../basics/agent-error.ts'
import type { PanelProblem, PanelProblemCode } from './panel-api.ts'

const statusOf: Readonly<Record<PanelProblemCode, number>> = {
  wrong_code: 403,
  too_many_codes: 429,
  not_paired: 401,
  foreign_origin: 403,
  not_found: 404,
  method_not_allowed: 405,
  too_large: 413,
  not_json: 415,
  bad_request: 400,
  no_such_request: 404,
  no_session: 404,
  unknown_service: 404,
  unknown_operator: 400,
  no_pin_yet: 403,
  may_not_loosen: 403,
  no_recording: 404,
  no_such_window: 404,
  needs_proof: 403,
  never_unattended: 409,
  help_open: 409,
  no_call: 404,
  no_update: 404,
  pin_needed: 403,
  wrong_pin: 403,
  too_many_pins: 429,
  switch_off: 409,
  not_durable: 503,
  internal: 500,
}

export function panelError(code: PanelProblemCode, message: string): AgentError {
  return new AgentError({ code, message })
}

/** An error as the panel reads it; of an unknown one it learns only that there was one. */
export function panelProblem(error: unknown): PanelProblem {
  const code = error instanceof AgentError && isPanelCode(error.code) ? error.code : 'internal'
  const message = code === 'internal' || !(error instanceof Error) ? 'The agent failed; its log says why.' : error.message
  const retry = error instanceof AgentError ? error.retryS : null
  return { title: code, status: statusOf[code], code, message, ...(retry === null ? {} : { retry_s: retry }) }
}

/** For what only the agent's log explains: `internal`. */
export function panelCode(code: string): PanelProblemCode {
  return isPanelCode(code) ? code : 'internal'
}

function isPanelCode(code: string): code is PanelProblemCode {
  return Object.hasOwn(statusOf, code)
}
