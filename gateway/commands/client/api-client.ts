import type { Readable } from 'node:stream'
import { Agent, request } from 'undici'
import { CodedError, type ErrorRemedy } from '../../basics/coded-error.ts'
import { problem } from '../../http-api/contract/building-blocks.ts'
import { localhostLookup } from './localhost-lookup.ts'

/** The REST API of a running gateway, as the person who signed in at this command line. */
export interface ApiClient {
  readonly portal: string
  readonly token: string | null
  /** @throws CodedError of the API's problem; `unreachable` where nobody answers */
  get<Answer>(path: string, signal?: AbortSignal): Promise<Answer>
  post<Answer>(path: string, body?: object, signal?: AbortSignal): Promise<Answer>
  /** An answer of any length, as it comes. @throws CodedError as the others; also where it was cut off */
  download(path: string, take: (body: Readable, headers: AnswerHeaders) => Promise<void>): Promise<void>
}

type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>

const answerWithinMs = 30_000
const mostAnswerBytes = 16 * 1024 * 1024

export function createApiClient({ portal, token }: { readonly portal: string; readonly token: string | null }): ApiClient {
  // Whatever NODE_TLS_REJECT_UNAUTHORIZED says: the token goes to nobody who cannot prove his name.
  const connect = { lookup: localhostLookup, rejectUnauthorized: true }
  const dispatcher = new Agent({
    connect,
    headersTimeout: answerWithinMs,
    bodyTimeout: answerWithinMs,
    maxResponseSize: mostAnswerBytes,
  })
  // As long as it takes: the gateway says nothing while it looks for what fits.
  const endless = new Agent({ connect, headersTimeout: answerWithinMs, bodyTimeout: 0 })
  const call = async <Answer>(asked: Asked): Promise<Answer> => {
    const { statusCode, text } = await send(asked)
    const answer = statusCode < 300 ? parseJson(text) : null
    if (answer !== null) return answer as Answer
    throw refusalOf(statusCode, text, portal)
  }
  const send = async ({ method, path, body, signal }: Asked): Promise<{ statusCode: number; text: string }> => {
    try {
      const answer = await request(new URL(path, portal), {
        method,
        dispatcher,
        ...(signal === undefined ? {} : { signal }),
        headers: {
          accept: 'application/json',
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: body === undefined ? null : JSON.stringify(body),
      })
      return { statusCode: answer.statusCode, text: await answer.body.text() }
    } catch (error) {
      throw unreachable(portal, error)
    }
  }
  return {
    portal,
    token,
    get: (path, signal) => call({ method: 'GET', path, signal }),
    post: (path, body, signal) => call({ method: 'POST', path, body, signal }),
    async download(path, take) {
      const headers = token === null ? {} : { authorization: `Bearer ${token}` }
      const answer = await request(new URL(path, portal), { dispatcher: endless, headers }).catch((error: unknown) => {
        throw unreachable(portal, error)
      })
      if (answer.statusCode >= 300) throw refusalOf(answer.statusCode, await answer.body.text(), portal)
      let cut: unknown
      answer.body.once('error', (error) => (cut = error))
      await take(answer.body, answer.headers).catch((error: unknown) => {
        throw cut === undefined ? error : cutOff(portal, error)
      })
    },
  }
}

interface Asked {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: object | undefined
  readonly signal?: AbortSignal | undefined
}

function unreachable(portal: string, cause: unknown): CodedError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new CodedError({
    code: 'unreachable',
    message: `${portal} cannot be reached (${why}). Look at the address and the network.`,
    remedy: 'retry',
    cause,
  })
}

const cutOff = (portal: string, cause: unknown): CodedError =>
  new CodedError({
    code: 'unreachable',
    message: `The answer of ${portal} was cut off before its end. What came of it is not whole: try again.`,
    remedy: 'retry',
    cause,
  })

const remedies: Readonly<Record<number, ErrorRemedy>> = {
  400: 'fix',
  401: 'sign_in',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  410: 'gone',
  413: 'fix',
}

/** What the gateway said against it, with every denial of the policy. */
export function refusalOf(status: number, text: string, portal: string): CodedError {
  const said = problem.safeParse(parseJson(text))
  if (!said.success) return unreachable(portal, new Error(`an answer with status ${status} that is not Sallyport’s`))
  const { code, title, denials = [], problems = [], denied_percent: deniedPercent } = said.data
  const listed = [
    ...denials.map((denial) => denial.message),
    ...(code === 'policy_refused' ? problems.map(({ path, message: what }) => `${path}: ${what}`) : []),
  ]
  const message = [title, ...listed.map((line) => `  - ${line}`)].join('\n')
  return new CodedError({
    code,
    message: status === 401 ? `${title} Run: sallyport login ${portal}` : message,
    remedy: remedies[status] ?? 'retry',
    problems,
    details: { denied_percent: deniedPercent },
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
