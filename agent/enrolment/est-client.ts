import type { X509Certificate } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { AgentError } from '../basics/agent-error.ts'
import { readCertsOnly } from './certs-only.ts'

export interface EstOptions {
  /** Opens the checked TLS connection, with the device's certificate for `simplereenroll`. */
  readonly dial: () => Promise<TLSSocket>
  /** `host:port` for the Host header. */
  readonly host: string
  readonly operation: 'simpleenroll' | 'simplereenroll'
  readonly request: Buffer
  /** For the whole answer. Default: 15 s. */
  readonly answerTimeoutMs?: number
  readonly basic?: { readonly user: string; readonly password: string }
}

const maxAnswerBytes = 256 * 1024
const defaultTimeoutMs = 15_000

/**
 * One EST operation (RFC 7030, section 4.2).
 *
 * @throws AgentError `enrolment_refused` (a person must act), `enrolment_pending`, `enrolment_unavailable`, `bad_der`; or what `dial` throws
 */
export async function estEnrol(options: EstOptions): Promise<X509Certificate[]> {
  const socket = await options.dial()
  try {
    const answer = await exchange(socket, options)
    judge(answer)
    return readCertsOnly(answer.body)
  } finally {
    socket.destroy()
  }
}

interface Answer {
  readonly status: number
  /** Seconds (RFC 9110, section 10.2.3), or null. */
  readonly retryS: number | null
  readonly body: string
}

function exchange(socket: TLSSocket, options: EstOptions): Promise<Answer> {
  const body = options.request.toString('base64')
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      createConnection: () => socket,
      method: 'POST',
      path: `/.well-known/est/${options.operation}`,
      headers: {
        host: options.host,
        'content-type': 'application/pkcs10',
        'content-transfer-encoding': 'base64',
        'content-length': Buffer.byteLength(body),
        accept: 'application/pkcs7-mime',
        connection: 'close',
        ...(options.basic === undefined
          ? {}
          : { authorization: `Basic ${Buffer.from(`${options.basic.user}:${options.basic.password}`, 'utf8').toString('base64')}` }),
      },
    })
    // Not a timer of silence: an answer that comes byte by byte would never end, and the certificate would run out meanwhile.
    const timer = setTimeout(() => reject(unavailable('did not answer in time')), options.answerTimeoutMs ?? defaultTimeoutMs)
    timer.unref()
    socket.once('close', () => clearTimeout(timer))
    request.on('error', reject)
    request.on('response', (response) => void collect(response).then(resolve, reject))
    request.end(body)
  })
}

async function collect(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = []
  let total = 0
  for await (const chunk of response) {
    const bytes = chunk as Buffer
    total += bytes.length
    if (total > maxAnswerBytes) throw unavailable('sent an answer that is too long')
    chunks.push(bytes)
  }
  const retryAfter = response.headers['retry-after'] ?? ''
  const retryS = /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) : null
  return { status: response.statusCode ?? 0, retryS, body: Buffer.concat(chunks).toString('latin1') }
}

function judge({ status, retryS }: Answer): void {
  if (status === 200) return
  if (status === 202)
    throw new AgentError({
      code: 'enrolment_pending',
      message: 'The gateway wants a person to agree to this enrolment first.',
      ...(retryS === null ? {} : { retryS }),
    })
  if (status >= 400 && status < 500 && status !== 408 && status !== 429) {
    throw new AgentError({
      code: 'enrolment_refused',
      message: `The gateway refused the enrolment (HTTP ${status}). Check device.id and the one-time password; a used or locked one must be replaced by the service administrator.`,
    })
  }
  throw unavailable(`answered HTTP ${status}`)
}

function unavailable(why: string): AgentError {
  return new AgentError({ code: 'enrolment_unavailable', message: `The gateway's enrolment ${why}.` })
}
