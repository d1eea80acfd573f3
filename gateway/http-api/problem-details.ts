import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { CodedError, type ErrorRemedy, type FieldProblem } from '../basics/coded-error.ts'
import type { Logger } from '../basics/logger.ts'
import type { Random } from '../basics/random.ts'
import type { Problem } from './contract/building-blocks.ts'

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

/** RFC 9457. The only place where an error becomes a status; an unknown error is a 500 with an id that the log has too, never its text. */
export function sendProblem(reply: FastifyReply, error: unknown, random: Random, logger: Logger): FastifyReply {
  const body = problemOf(withBound(reply, error), random, logger)
  if (body.status === 429) reply.header('retry-after', '1')
  if (body.status === 401) reply.header('www-authenticate', challengeOf(error))
  return reply.code(body.status).header('content-type', 'application/problem+json').serializer(JSON.stringify).send(body)
}

/** Names how much it may be: what a route takes is its own. */
function withBound({ request }: FastifyReply, error: unknown): unknown {
  const isTooLarge = error instanceof Error && 'code' in error && error.code === 'FST_ERR_CTP_BODY_TOO_LARGE'
  const bound = isTooLarge ? request.routeOptions.bodyLimit : undefined
  if (bound === undefined) return error
  const message = `The body is too large: this request takes ${bound.toLocaleString('en')} bytes at most.`
  return new CodedError({ code: 'too_large', message, remedy: 'fix', details: { status: 413 } })
}

/** The same where there is a socket and no reply yet: an upgrade that was refused. Nobody reads from it, so it would never hear its client go. */
export function writeProblem(socket: Duplex, error: unknown, random: Random, logger: Logger): void {
  const body = problemOf(error, random, logger)
  const text = JSON.stringify(body)
  const head = [
    `HTTP/1.1 ${body.status} ${STATUS_CODES[body.status] ?? ''}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(text)}`,
    'cache-control: no-store',
    'connection: close',
    ...(body.status === 429 ? ['retry-after: 1'] : []),
    ...(body.status === 401 ? [`www-authenticate: ${challengeOf(error)}`] : []),
  ]
  if (!socket.destroyed) socket.end(`${head.join('\r\n')}\r\n\r\n${text}`, () => socket.destroy())
}

/** What a 401 must name (RFC 9110, section 15.5.2); the error only to whoever showed a token (RFC 6750, section 3.1). No browser asks people for it. */
function challengeOf(error: unknown): string {
  const invalid = error instanceof CodedError && error.details['challenge'] === 'invalid_token'
  return `Bearer realm="sallyport"${invalid ? ', error="invalid_token"' : ''}`
}

function problemOf(error: unknown, random: Random, logger: Logger): Problem {
  const id = random.hex(8)
  const coded = asCodedError(error)
  const status = coded === undefined ? 500 : statusOf(coded)
  if (status >= 500) logger.error({ err: error, problem: id }, 'a request failed')
  else logger.debug({ refusal: coded?.code, problem: id }, 'a request was refused')
  const { denials, missing, current, denied_percent: deniedPercent } = coded?.details ?? {}
  return {
    type: 'about:blank',
    title: coded?.message ?? 'Something failed on our side. Try again; if it stays, give the id to support.',
    status,
    code: coded?.code ?? 'internal_error',
    id,
    ...(coded !== undefined && coded.problems.length > 0
      ? { problems: coded.problems.map(({ path, message }) => ({ path, message })) }
      : {}),
    ...(Array.isArray(denials) ? { denials: denials as Problem['denials'] } : {}),
    ...(Array.isArray(missing) ? { missing: missing as string[] } : {}),
    ...(current === undefined ? {} : { current }),
    ...(typeof deniedPercent === 'number' ? { denied_percent: deniedPercent } : {}),
  }
}

function statusOf(error: CodedError): number {
  const status = error.details['status']
  if (status === 429 || (error.remedy === 'fix' && (status === 413 || status === 415))) return status
  return statusOfRemedy[error.remedy]
}

function asCodedError(error: unknown): CodedError | undefined {
  if (error instanceof CodedError) return error
  if (hasZodFastifySchemaValidationErrors(error)) {
    const where = error.validationContext ?? 'request'
    return badInput(error.validation.slice(0, mostProblems).flatMap((issue) => problemsOf(where, issue)))
  }
  return fromFastify(error as Partial<FastifyError>)
}

/** A body of a few bytes an item can have a hundred thousand wrong ones; nobody reads that many. */
const mostProblems = 50

interface Issue {
  readonly keyword: string
  readonly instancePath: string
  readonly message?: string
  readonly params?: object
}

/** One problem for each field; a member that nobody knows is named itself, not the object around it. */
function problemsOf(where: string, issue: Issue): FieldProblem[] {
  const path = `${where}${issue.instancePath.replaceAll('/', '.').replace(/\.$/, '')}`
  const unknown = issue.keyword === 'unrecognized_keys' && issue.params !== undefined && 'keys' in issue.params ? issue.params.keys : []
  if (!Array.isArray(unknown) || unknown.length === 0) return [{ path, message: wordsOf(issue.message) }]
  return unknown.slice(0, 20).map((name) => ({ path: `${path}.${String(name).slice(0, 100)}`, message: 'is not known here' }))
}

/** Zod calls a member that is not there one of the type `undefined`. */
const wordsOf = (message = 'is wrong'): string => message.replace(/^Invalid input: expected (.+), received undefined$/, 'is missing ($1)')

function badInput(problems: readonly FieldProblem[]): CodedError {
  const message = `The request has errors: ${problems.map((problem) => `${problem.path}: ${problem.message}`).join('; ')}.`
  return new CodedError({ code: 'bad_input', message: message.slice(0, 2000), remedy: 'fix', problems })
}

/** Fastify's own refusals of a request (too large, not JSON, wrong type), in our words. */
function fromFastify(error: Partial<FastifyError>): CodedError | undefined {
  const status = error.statusCode ?? 500
  if (status < 400 || status >= 500) return undefined
  const texts: Readonly<Record<string, string>> = {
    FST_ERR_CTP_BODY_TOO_LARGE: 'The body is too large for this request.',
    FST_ERR_CTP_INVALID_MEDIA_TYPE: 'Send JSON with the header "content-type: application/json".',
    FST_ERR_CTP_EMPTY_JSON_BODY: 'The body is empty; send a JSON object.',
    FST_ERR_CTP_INVALID_JSON_BODY: 'The body is not JSON, or has a member "__proto__" or "constructor.prototype".',
    FST_ERR_BAD_URL: 'The address is not a valid one: behind each "%" come two hexadecimal digits, and all of it is UTF-8.',
    FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'The body is not as long as its content-length says.',
  }
  return new CodedError({
    code: error.code === 'FST_ERR_CTP_BODY_TOO_LARGE' ? 'too_large' : 'bad_request',
    message: texts[error.code ?? ''] ?? 'The request cannot be read.',
    remedy: 'fix',
    details: { status },
  })
}

export function notFound(request: FastifyRequest): CodedError {
  return new CodedError({
    code: 'not_found',
    message: `There is nothing at ${request.method} ${request.url.split('?')[0]}.`,
    remedy: 'not_found',
  })
}
