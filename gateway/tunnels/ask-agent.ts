import { constants } from 'node:http2'
import type { ClientHttp2Stream } from 'node:http2'
import type { z } from 'zod'
import { deviceAnswerInvalid, deviceGone, deviceTimeout } from './device-errors.ts'
import { openRequest } from './open-request.ts'
import type { OpenRequest } from './open-request.ts'
import type { TunnelLimits } from './tunnel-limits.ts'

export interface AgentQuestion extends Pick<OpenRequest, 'session' | 'clock' | 'signal'> {
  readonly limits: Pick<TunnelLimits, 'answerTimeoutMs' | 'maxAnswerBytes'>
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body?: unknown
}

export interface AgentAnswer {
  readonly status: number
  readonly body: Buffer
}

/** One question with a whole answer, capped in size and time. @throws CodedError `device_gone`, `device_timeout`, `device_answer_invalid` */
export async function askAgent(question: AgentQuestion): Promise<AgentAnswer> {
  const { session, clock, signal, limits, method, path, headers } = question
  const body = question.body === undefined ? undefined : Buffer.from(JSON.stringify(question.body), 'utf8')
  const described = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(body.length) }
  const startedAt = clock.monotonicMs()
  const { status, stream } = await openRequest({
    session,
    clock,
    headers: { ':method': method, ':path': path, ...described, ...headers },
    body: body ?? 'none',
    timeoutMs: limits.answerTimeoutMs,
    signal,
  })
  const timer = clock.after(startedAt + limits.answerTimeoutMs - clock.monotonicMs(), () =>
    stream.destroy(deviceTimeout(limits.answerTimeoutMs)),
  )
  const abort = (): void => void stream.destroy(signal?.reason instanceof Error ? signal.reason : new Error('aborted'))
  signal?.addEventListener('abort', abort, { once: true })
  try {
    return { status, body: await readWhole(stream, limits.maxAnswerBytes) }
  } finally {
    timer.cancel()
    signal?.removeEventListener('abort', abort)
  }
}

async function readWhole(stream: ClientHttp2Stream, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes) {
      stream.close(constants.NGHTTP2_CANCEL)
      throw deviceAnswerInvalid({ problem: 'too large', maxBytes })
    }
    chunks.push(chunk)
  }
  if (stream.rstCode !== constants.NGHTTP2_NO_ERROR) throw deviceGone()
  return Buffer.concat(chunks)
}

/** The answer as one JSON value of this shape. @throws CodedError `device_answer_invalid` */
export function readAnswer<Shape extends z.ZodType>(shape: Shape, bytes: Uint8Array): z.output<Shape> {
  const read = shape.safeParse(parseJson(bytes))
  if (!read.success)
    throw deviceAnswerInvalid({ problems: read.error.issues.slice(0, 5).map(({ path, message }) => `${path.join('.')}: ${message}`) })
  return read.data
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes))
  } catch (error) {
    throw deviceAnswerInvalid({ problem: 'not JSON in UTF-8' }, error)
  }
}
