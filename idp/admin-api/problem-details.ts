import type { FastifyError, FastifyReply } from 'fastify'
import type { ErrorRemedy } from '../../gateway/basics/coded-error.ts'
import { CodedError } from '../../gateway/basics/coded-error.ts'
import type { Logger } from '../../gateway/basics/logger.ts'
import type { Random } from '../../gateway/basics/random.ts'

const statusOfRemedy: Readonly<Record<ErrorRemedy, number>> = {
  fix: 400,
  retry: 503,
  sign_in: 401,
  forbidden: 403,
  not_found: 404,
  gone: 410,
  conflict: 409,
  bug: 500,
}
const statusOfCode: Readonly<Record<string, number>> = {
  photo_too_large: 413,
  method_not_allowed: 405,
  unsupported_media_type: 415,
  body_too_large: 413,
}

/** Every error of the admin API as problem details (RFC 9457); what nobody knows is a 500 with an id and no text. */
export function sendProblem(
  reply: FastifyReply,
  error: unknown,
  tools: { readonly random: Random; readonly logger: Logger },
): FastifyReply {
  const known = error instanceof CodedError ? error : fromFastify(error)
  if (known === undefined) {
    const id = tools.random.hex(6)
    tools.logger.error({ error_id: id, stack: error instanceof Error ? error.stack : String(error) }, 'an admin request failed')
    return send(reply, 500, {
      code: 'internal',
      detail: 'The identity provider failed. Its log has the details under this id.',
      error_id: id,
    })
  }
  const status = statusOfCode[known.code] ?? statusOfRemedy[known.remedy]
  return send(reply, status, {
    code: known.code,
    detail: known.message,
    ...(known.problems.length > 0 ? { problems: known.problems } : {}),
  })
}

function send(
  reply: FastifyReply,
  status: number,
  members: { readonly code: string; readonly detail: string } & Record<string, unknown>,
): FastifyReply {
  const title = members.code.replaceAll('_', ' ')
  return reply
    .code(status)
    .type('application/problem+json')
    .send({ type: `urn:sallyport:problem:${members.code}`, title, status, ...members })
}

/** Errors that Fastify makes before a route runs. */
function fromFastify(error: unknown): CodedError | undefined {
  const { code, statusCode, message } = error as Partial<FastifyError>
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return coded('body_too_large', 'The body is larger than 1 MiB. Send less.')
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return coded('unsupported_media_type', 'Send application/json (a photo: image/jpeg).')
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return coded('bad_request', `The request cannot be read: ${message ?? 'bad request'}`)
  return undefined
}

const coded = (code: string, message: string): CodedError => new CodedError({ code, message, remedy: 'fix' })
