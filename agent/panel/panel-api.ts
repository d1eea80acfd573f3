/**
 * The HTTP API of the operator panel, which the agent serves on loopback next to the panel's pages. Types only, no imports: the pages are
 * built against this file.
 *
 * Every call but `POST /api/pair` carries {@link panelSecretHeader}. `Host` must be `127.0.0.1:PORT`, `localhost:PORT` or `[::1]:PORT`,
 * `Origin` (where sent) the same origin, `Sec-Fetch-Site` (where sent) `none` or `same-origin`. There are no CORS headers and no cookies.
 * Bodies are `application/json`, at most {@link maxPanelBodyBytes}. Errors are {@link PanelProblem}.
 *
 * | request | answer |
 * | --- | --- |
 * | `POST /api/pair` {@link PairBody} | 200 {@link PairAnswer}; 403 `wrong_code`; 429 `too_many_codes` (a new code is printed by the agent) |
 * | `GET /api/state` | 200 {@link PanelState} |
 * | `GET /api/events` | 200 `text/event-stream`: `event: state`, `data:` a whole {@link PanelState} at once, at each change and every {@link heartbeatMs}. Read it with `fetch`: an `EventSource` sends no headers |
 * | `GET /api/mirror` | 200 `text/event-stream` (panel-api-mirror.ts): the technician's pages as he sees them, and what the agent forwarded. Read it with `fetch` |
 * | `POST /api/requests/{session}/approve` {@link ApproveBody} | 200 {@link PanelState}, after the approval is durable; 404 `no_such_request`; 400 `bad_request`; 403 `pin_needed`, `no_pin_yet`, `wrong_pin`; 409 `switch_off`; 429 `too_many_pins` with `retry_s` |
 * | `POST /api/requests/{session}/refuse` {@link RefuseBody} | 200 {@link PanelState}; 404 `no_such_request` |
 * | `POST /api/session/end` {@link EndBody} | 200 {@link PanelState}, when every stream is cut; also when there is no session |
 * | `POST /api/session/conduct` {@link ConductBody} | 200 {@link PanelState}, when it holds for every stream; 404 `no_session`; 403 and 429 as above |
 * | `POST /api/session/chat` {@link ChatBody} | 200 {@link PanelState}; 404 `no_session` |
 * | `GET /api/chat/{session}` | 200 {@link ChatAnswerBody}: what was written in a session of the history |
 * | `POST /api/switches/{service}` {@link SwitchBody} | 200 {@link PanelState}; 404 `unknown_service`; 403 and 429 as above |
 * | `POST /api/remote` {@link SwitchBody} | the same for remote service as a whole: off ends what lives, and nothing leaves the machine any more |
 * | `POST /api/modes/{service}` {@link ModeBody} | 200 {@link PanelState}; 400 `bad_request`; 404 `unknown_service`; 403 `may_not_loosen` and as above |
 * | `POST /api/windows` {@link WindowBody} | the same |
 * | `POST /api/windows/{id}/withdraw` {@link WithdrawBody} | 200 {@link PanelState}; 404 `no_such_window` |
 * | `POST /api/typing` {@link TypingBody} | 200 {@link PanelState}: while a PIN is typed (60 s at most) no byte of a session passes that can act on the machine itself, nor of one that begins meanwhile |
 * | `POST /api/help` {@link HelpBody} | 200 {@link PanelState}, after the call is durable; 409 `help_open`, `switch_off`; 404 `unknown_service`; 403 and 429 as above |
 * | `POST /api/help/withdraw` {@link WithdrawBody} | 200 {@link PanelState}; 404 `no_call` |
 * | `GET /api/recordings/{session}/{part}` | 200 {@link RecordingPartBody}; 404 `no_recording` |
 * | `POST /api/recordings/{session}/delete` {@link DeleteRecordingBody} | 200 {@link PanelState}, when it is gone; 404 `no_recording`; 403 `may_not_loosen`, `needs_proof` and as above |
 * | `POST /api/recordings/{session}/protect` {@link ProtectRecordingBody} | 200 {@link PanelState}: it stays, or goes like any; the same |
 * | `GET /api/history/{before}` | 200 {@link HistoryPageBody}: what was before that moment (Unix milliseconds) |
 * | `POST /api/update` {@link UpdateBody} | 200 {@link PanelState}: a newer version of the agent is installed once nobody is in the machine, or taken away; 404 `no_update`; 403 `may_not_loosen` and as above |
 * | `DELETE /api/quiet/{technician}` | 200 {@link PanelState}: this technician may ask again |
 *
 * Where the panel is a browser on the machine's own screen and the site has no PINs, what widens a session that can act on the machine itself is
 * 403 `needs_proof`, or waits up to 20 s for the button that is wired to the machine.
 *
 * In paths, `{session}`, `{service}` and `{technician}` are percent-encoded. Other codes: 401 `not_paired`, 403 `foreign_origin`,
 * 404 `not_found`, 405 `method_not_allowed`, 413 `too_large`, 415 `not_json`, 500 `internal`, 503 `not_durable`.
 */

/** Header with the secret of a paired browser. */
export const panelSecretHeader = 'sallyport-panel'
/** A stream that is silent for much longer than this is dead: connect again. */
export const heartbeatMs = 5_000
export const maxPanelBodyBytes = 16 * 1024

export type * from './panel-api-bodies.ts'
export type * from './panel-api-mirror.ts'
export type * from './panel-api-hardware.ts'
export type * from './panel-api-recordings.ts'
export type * from './panel-api-refusal.ts'
export type * from './panel-api-state.ts'
export type * from './panel-api-update.ts'

/** `application/problem+json` (RFC 9457 members `title`, `status` beside our two). */
export interface PanelProblem {
  readonly title: string
  readonly status: number
  readonly code: PanelProblemCode
  /** What is wrong and what to do, in English; the pages translate by `code`. */
  readonly message: string
  /** With `too_many_pins`: seconds until this name may try again. */
  readonly retry_s?: number
}

export type PanelProblemCode =
  | 'wrong_code'
  | 'too_many_codes'
  | 'not_paired'
  | 'foreign_origin'
  | 'not_found'
  | 'method_not_allowed'
  | 'too_large'
  | 'not_json'
  | 'bad_request'
  | 'no_such_request'
  | 'no_session'
  | 'unknown_service'
  | 'unknown_operator'
  | 'no_pin_yet'
  | 'may_not_loosen'
  | 'no_recording'
  | 'no_such_window'
  | 'needs_proof'
  | 'never_unattended'
  | 'help_open'
  | 'no_call'
  | 'no_update'
  | 'pin_needed'
  | 'wrong_pin'
  | 'too_many_pins'
  | 'switch_off'
  | 'not_durable'
  | 'internal'
