import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import type { ApprovalDesk } from '../approvals/desk-contract.ts'
import { readShowRequest } from '../approvals/read-request.ts'
import { AgentError } from '../basics/agent-error.ts'
import type { Clock } from '../basics/clock.ts'
import type { Logger } from '../basics/logger.ts'
import type { RefusalRecord, RefusedWhy } from '../refusals/refusal-record.ts'
import type { ShowRequestBody } from '../wire/agent-api.ts'
import { unprintable } from '../wire/plain-text.ts'
import { answerJson, answerProblem } from './door-answers.ts'
import type { DoorProblem } from './door-answers.ts'
import { parseJson, readBody } from './read-body.ts'
import type { ShowPace } from './show-pace.ts'

/** A photo of 64 KiB in base64, and a request with room to spare. */
const maxBodyBytes = 160 * 1024

/** `PUT /v1/sessions/{id}`: 202 when it is shown (or was already). */
export function showRequest(options: ShowRequestOptions, stream: ServerHttp2Stream, session: string): void {
  const { desk, pace, refusals } = options
  const refuse = (problem: DoorProblem, subject: string | null = null): void => {
    const why = refusedWhy(problem)
    if (why !== null) refusals.note({ what: 'request', why, subject })
    answerProblem(stream, problem)
  }
  readBody(stream, { ...options, maxBytes: maxBodyBytes, refuse }, (bytes) => {
    const body = parse(session, bytes)
    if ('status' in body) return refuse(body)
    const verdict = show(desk, pace, body)
    if (verdict.kind === 'refuse') return refuse(verdict, body.request.technician.name)
    answerJson(stream, 202, {})
  })
}

interface ShowRequestOptions {
  readonly desk: ApprovalDesk
  readonly clock: Clock
  readonly logger: Logger
  readonly pace: ShowPace
  readonly refusals: RefusalRecord
}

const tooOften = 'the device was asked too often; try again in a minute'

/** Null: it came at a bad moment, and whoever asked did nothing wrong. */
function refusedWhy({ code, message }: DoorProblem): RefusedWhy | null {
  if (code === 'busy') return message === tooOften ? 'too_often' : null
  if (code === 'help_over') return 'no_call'
  return code === 'unknown_service' || code === 'switch_off' || code === 'bad_request' ? code : null
}

/** This runs when the body is complete, where nobody would catch what a broken disk throws. */
function show(desk: ApprovalDesk, pace: ShowPace, body: ShowRequestBody): ReturnType<ApprovalDesk['show']> {
  try {
    if (!pace.ready && desk.pending?.request.session !== body.request.session)
      return { kind: 'refuse', status: 409, code: 'busy', message: tooOften }
    const verdict = desk.show(body)
    if (verdict.kind === 'show') pace.spend()
    return verdict
  } catch {
    return { kind: 'refuse', status: 409, code: 'busy', message: 'the device cannot read its records' }
  }
}

function parse(session: string, bytes: Buffer): ShowRequestBody | DoorProblem {
  try {
    const body = readShowRequest(parseJson(bytes))
    if (body.request.session === session) return body
    return { status: 400, code: 'bad_request', message: 'request.session: is not the session of the path' }
  } catch (error) {
    const message = error instanceof AgentError ? error.message : 'the body is not JSON in UTF-8'
    return { status: 400, code: 'bad_request', message }
  }
}

/** `DELETE /v1/sessions/{id}`: 204 when every stream is closed; also for a session that is not there. */
export function endSessionByGateway(desk: ApprovalDesk, stream: ServerHttp2Stream, headers: IncomingHttpHeaders, session: string): void {
  const reason = headerText(headers['sallyport-reason'])
  desk.endByGateway(session, reason !== null && /^[a-z_]{1,40}$/.test(reason) ? reason : 'completed', headerText(headers['sallyport-by']))
  stream.respond({ ':status': 204 }, { endStream: true })
  stream.resume()
}

function headerText(value: string | string[] | undefined): string | null {
  if (typeof value !== 'string' || value === '') return null
  try {
    const text = decodeURIComponent(value).replaceAll(new RegExp(unprintable, 'gu'), '').slice(0, 200)
    return text === '' ? null : text.toWellFormed()
  } catch {
    return null
  }
}
