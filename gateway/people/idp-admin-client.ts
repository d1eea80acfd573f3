import { request } from 'node:http'
import { z } from 'zod'
import { CodedError } from '../basics/coded-error.ts'
import type { IdentityProvider } from './identity-provider.ts'

const maxAnswerBytes = 1024 * 1024

const accountSchema = z.object({ sub: z.string().min(1).max(255) })
const linkSchema = z.object({ setup_url: z.string(), setup_expires_at: z.int() })
const createdSchema = linkSchema.extend({ account: accountSchema })
const changesSchema = z.object({
  changes: z.array(
    z.object({
      n: z.int(),
      time: z.int(),
      type: z.enum(['account.created', 'account.status', 'account.profile', 'account.photo', 'account.credentials', 'account.signed_out']),
      sub: z.string(),
      status: z.enum(['active', 'disabled']).optional(),
      name: z.string().optional(),
      photo_sha256: z.string().nullable().optional(),
      sid: z.string().optional(),
    }),
  ),
})

export interface IdpAdminClientOptions {
  readonly issuer: string
  /** Path of the admin API's Unix socket. */
  readonly socket: string
  /** Bearer token. */
  readonly token: string
}

/** Speaks to our own `idp`'s admin API over its Unix socket. */
export function createIdpAdminClient(options: IdpAdminClientOptions): IdentityProvider {
  const json = async <Schema extends z.ZodType>(call: Call, schema: Schema): Promise<z.infer<Schema>> => {
    const answer = await send(options, call)
    const parsed = schema.safeParse(parseJson(answer.body))
    if (!parsed.success) throw unreachable('its answer has another shape than the contract', parsed.error)
    return parsed.data
  }
  const account = (subject: string): string => `/admin/accounts/${encodeURIComponent(subject)}`
  return {
    issuer: options.issuer,
    async createAccount({ username, name, initialPassword }) {
      const body = { username, name, ...(initialPassword === undefined ? {} : { initial_password: initialPassword }) }
      const created = await json({ method: 'POST', path: '/admin/accounts', body }, createdSchema)
      return { subject: created.account.sub, setupLink: { url: created.setup_url, expiresAt: created.setup_expires_at } }
    },
    async changeAccount(subject, change) {
      await send(options, { method: 'PATCH', path: account(subject), body: change })
    },
    async newSetupLink(subject) {
      const link = await json({ method: 'POST', path: `${account(subject)}/setup-link`, body: {} }, linkSchema)
      return { url: link.setup_url, expiresAt: link.setup_expires_at }
    },
    async photo(subject) {
      const answer = await send(options, { method: 'GET', path: `${account(subject)}/photo` }, [404])
      return answer.status === 200 ? answer.body : null
    },
    async putPhoto(subject, jpeg) {
      await send(options, { method: 'PUT', path: `${account(subject)}/photo`, raw: jpeg, contentType: 'image/jpeg' })
    },
    async deletePhoto(subject) {
      await send(options, { method: 'DELETE', path: `${account(subject)}/photo` }, [404])
    },
    async changes(after, waitS, signal) {
      const path = `/admin/feed?after=${after}&wait=${waitS}`
      return (await json({ method: 'GET', path, signal, timeoutMs: (waitS + 10) * 1000 }, changesSchema)).changes
    },
  }
}

interface Call {
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

async function send(options: IdpAdminClientOptions, call: Call, alsoFine: readonly number[] = []): Promise<Answer> {
  const answer = await exchange(options, call).catch((error: unknown) => {
    call.signal?.throwIfAborted()
    throw unreachable('no answer', error)
  })
  if (answer.status < 300 || alsoFine.includes(answer.status)) return answer
  throw refusal(answer)
}

function exchange(options: IdpAdminClientOptions, call: Call): Promise<Answer> {
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

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}

function unreachable(why: string, cause: unknown): CodedError {
  return new CodedError({
    code: 'identity_provider_unreachable',
    message: `The identity provider does not answer (${why}). Try again in a moment.`,
    remedy: 'retry',
    cause,
  })
}
