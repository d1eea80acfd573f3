import { request } from 'node:http'
import { z } from 'zod'
import { CodedError } from '../basics/coded-error.ts'

const maxAnswerBytes = 1024 * 1024

export interface IdpAdminDoor {
  /** Path of the admin API's Unix socket. */
  readonly socket: string
  /** Bearer token. */
  readonly token: string
}

export interface Call {
  readonly method: string
  readonly path: string
  readonly body?: unknown
  readonly raw?: Buffer
  readonly contentType?: string
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
}

interface Answer {
  readonly status: number
  readonly body: Buffer
}

/** One call of the admin API. @throws CodedError of the provider, or `identity_provider_unreachable` */
export async function callIdp(options: IdpAdminDoor, call: Call, alsoFine: readonly number[] = []): Promise<Answer> {
  const answer = await exchange(options, call).catch((error: unknown) => {
    call.signal?.throwIfAborted()
    throw unreachable('no answer', error)
  })
  if (answer.status < 300 || alsoFine.includes(answer.status)) return answer
  throw refusal(answer)
}

function exchange(options: IdpAdminDoor, call: Call): Promise<Answer> {
  const payload = call.raw ?? (call.body === undefined ? null : Buffer.from(JSON.stringify(call.body)))
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        socketPath: options.socket,
        method: call.method,
        path: call.path,
        signal: call.signal,
        timeout: call.timeoutMs ?? 10_000,
        headers: {
          authorization: `Bearer ${options.token}`,
          ...(payload === null ? {} : { 'content-type': call.contentType ?? 'application/json', 'content-length': payload.length }),
        },
      },
      (incoming) => {
        const chunks: Buffer[] = []
        let size = 0
        incoming.on('data', (chunk: Buffer) => {
          size += chunk.length
          if (size > maxAnswerBytes) incoming.destroy(new Error('the answer is too large'))
          else chunks.push(chunk)
        })
        incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks) }))
        incoming.on('error', reject)
      },
    )
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')))
    outgoing.on('error', reject)
    outgoing.end(payload ?? undefined)
  })
}

const problemSchema = z.object({
  code: z.string().default('identity_provider_refused'),
  title: z.string().optional(),
  detail: z.string().optional(),
  problems: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
})

function refusal(answer: Answer): CodedError {
  const parsed = problemSchema.safeParse(parseJson(answer.body))
  const problem = parsed.success ? parsed.data : { code: 'identity_provider_refused' }
  const remedies = { 400: 'fix', 404: 'not_found', 409: 'conflict', 413: 'fix', 415: 'fix', 422: 'fix' } as const
  return new CodedError({
    code: problem.code,
    message: problem.detail ?? problem.title ?? 'The identity provider refused it.',
    remedy: remedies[answer.status as keyof typeof remedies] ?? 'bug',
    problems: problem.problems,
    details: { status: answer.status },
  })
}

export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}

export function unreachable(why: string, cause: unknown): CodedError {
  return new CodedError({
    code: 'identity_provider_unreachable',
    message: `The identity provider does not answer (${why}). Try again in a moment.`,
    remedy: 'retry',
    cause,
  })
}
