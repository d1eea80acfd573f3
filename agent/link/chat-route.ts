import type { ServerHttp2Stream } from 'node:http2'
import type { ApprovalDesk } from '../approvals/desk-contract.ts'
import { AgentError } from '../basics/agent-error.ts'
import type { FieldProblem } from '../basics/agent-error.ts'
import type { Clock } from '../basics/clock.ts'
import type { Logger } from '../basics/logger.ts'
import type { RefusalRecord, RefusedWhy } from '../refusals/refusal-record.ts'
import { readFields } from '../settings/field-reader.ts'
import { longestChatText, type ChatAnswer } from '../wire/chat.ts'
import { answerJson, answerProblem } from './door-answers.ts'
import type { DoorProblem } from './door-answers.ts'
import { parseJson, readBody } from './read-body.ts'
import type { ShowPace } from './show-pace.ts'

const maxBodyBytes = 16 * 1024

export interface ChatRouteOptions {
  readonly desk: ApprovalDesk
  readonly clock: Clock
  readonly logger: Logger
  readonly refusals: RefusalRecord
  /** How often a gateway may make the machine write and the panel move. */
  readonly pace: ShowPace
}

/** `POST /v1/sessions/{id}/chat`: 200 when what the technician says is kept and shown. */
export function hearTechnician(options: ChatRouteOptions, stream: ServerHttp2Stream, session: string): void {
  const { desk, pace } = options
  const refuse = (problem: DoorProblem): void => {
    const why = refusedWhy(problem)
    if (why !== null) options.refusals.note({ what: 'message', why, subject: null })
    answerProblem(stream, problem)
  }
  readBody(stream, { ...options, maxBytes: maxBodyBytes, refuse }, (bytes) => {
    const text = readText(bytes)
    if (text === null)
      return refuse({ status: 400, code: 'bad_request', message: `text: plain text of at most ${longestChatText} characters` })
    if (!pace.ready) return refuse({ status: 429, code: 'too_many', message: 'more than anybody writes; wait a little' })
    pace.spend()
    try {
      const { n, at } = desk.hear(session, text)
      answerJson(stream, 200, { n, at } satisfies ChatAnswer)
    } catch (error) {
      const code = error instanceof AgentError ? error.code : 'not_durable'
      refuse({ status: code === 'no_session' ? 404 : 503, code, message: 'not said' })
    }
  })
}

/** Null: the machine could not take it, and whoever said it did nothing wrong. */
function refusedWhy({ status }: DoorProblem): RefusedWhy | null {
  if (status === 503) return null
  if (status === 404) return 'no_approval'
  return status === 429 ? 'too_often' : 'bad_request'
}

function readText(bytes: Buffer): string | null {
  try {
    const problems: FieldProblem[] = []
    const body = readFields(parseJson(bytes), '', problems)
    const text = body.text('text', { maxLength: longestChatText })
    body.noOthers()
    return problems.length === 0 ? text : null
  } catch {
    return null
  }
}
