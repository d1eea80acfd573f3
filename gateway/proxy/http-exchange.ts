import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http'
import { receivedBytes } from '../../agent/wire/received-bytes.ts'
import type { Clock } from '../basics/clock.ts'
import { linger } from './linger.ts'
import type { BodyChange, ChangeBody } from './mirror/change-body.ts'
import type { CutReason, LiveExchange } from './live-exchange.ts'
import type { AnswerTo, SentRequest } from './machine-connection.ts'
import type { MachineConnections } from './machine-connections.ts'
import { refuse, type Refusal } from './refusal.ts'
import { refusalOfError, refusalOfAgent } from './refusal-of-error.ts'
import { requestBody } from './request-body.ts'
import type { RequestFraming } from './request-framing.ts'
import type { ResponseHead } from './response-headers.ts'

export interface HttpExchangeOptions {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly connections: MachineConnections
  readonly method: string
  /** Path and query, exactly as they are sent. */
  readonly target: string
  /** Flat pairs, without framing: that is built here. */
  readonly headers: readonly string[]
  readonly framing: RequestFraming
  readonly responseHead: (status: number, raw: readonly string[]) => ResponseHead & { readonly changeBody?: ChangeBody }
  readonly clock: Clock
  readonly lingerMs: number
  /** Answers in the machine's place; called at most once, and only while no byte of an answer has left. */
  readonly refuse: (refusal: Refusal) => void
  /** Called once, when it is over. */
  readonly settle: (outcome: { readonly status: number; readonly up: number; readonly down: number }) => void
}

/** A hostile machine must not keep us busy with 1xx answers; none of them reaches the browser. */
const maxInterimAnswers = 10

/** What may wait for the browser: each of a machine's pieces of one byte costs some hundred, and 64 KiB of them 20 MB. */
const mostPiecesWaiting = 512

/**
 * Sends one request over a pooled connection and its answer to the browser, both as streams with backpressure. A torn answer is never ended cleanly:
 * the browser's connection is destroyed. A torn request destroys the machine's connection, so that its rest never meets the next request.
 */
export function httpExchange(options: HttpExchangeOptions): LiveExchange {
  const { req, res, clock } = options
  const body = options.framing.kind === 'none' ? undefined : requestBody(req, clock)
  let sent: SentRequest | undefined
  let change: BodyChange | undefined
  const startedAt = clock.monotonicMs()
  let pausedAt: number | null = null
  let status = 0
  let down = 0
  let pieces = 0
  let interim = 0
  let over = false

  const finish = (): void => {
    if (over) return
    over = true
    body?.stop()
    res.off('close', onBrowserClose).off('drain', onDrain)
    change?.destroy()
    options.settle({ status, up: body?.bytes ?? 0, down })
  }
  const abort = (): void => sent?.abort()
  const fail = (refusal: Refusal): void => {
    if (over) return
    if (res.headersSent) res.destroy()
    else {
      status = refusal.status
      body?.stop()
      options.refuse(refusal)
    }
    finish()
  }
  const onBrowserClose = (): void => {
    if (over) return
    abort()
    finish()
  }
  const onDrain = (): void => {
    pausedAt = null
    change?.resume()
    sent?.resume()
  }
  const onTaken = (): void => {
    if (!over && !res.writableNeedDrain) onDrain()
  }

  const passOn = (chunk: Buffer): void => {
    if (over) return
    pieces = res.writableLength === 0 ? 1 : pieces + 1
    const isFull = pieces > mostPiecesWaiting
    // Below its mark of bytes it will not say `drain`.
    const hasRoom = isFull ? res.write(chunk, onTaken) : res.write(chunk)
    if (hasRoom && !isFull) return
    pausedAt = clock.monotonicMs()
    change?.pause()
    sent?.pause()
  }
  const onWhole = (): void => {
    if (over) return
    res.end()
    // First: its listener would keep the rest from being read.
    body?.stop()
    linger(req, res, clock, options.lingerMs)
    finish()
  }
  const onBroken = (error: unknown): void => {
    fail(refusalOfError(error))
    abort()
  }

  const answer: AnswerTo = {
    onInterim() {
      if (++interim <= maxInterimAnswers) return
      abort()
      fail(refuse('service_not_answering', 'service_unreachable'))
    },
    onHead(code, raw) {
      const head = options.responseHead(code, raw)
      const refusal = unusable(head, code, options.method)
      if (refusal !== undefined) {
        fail(refusal)
        return abort()
      }
      status = code
      // One packet for head and body where both are there already.
      const socket = res.socket
      socket?.cork()
      process.nextTick(() => socket?.uncork())
      res.writeHead(code, STATUS_CODES[code] ?? '', head.headers)
      res.flushHeaders()
      change = head.changeBody?.({ onData: passOn, onRoom: onTaken, onEnd: onWhole, onError: onBroken })
    },
    onData(chunk) {
      if (over) return
      down += chunk.length
      receivedBytes(chunk.length)
      if (change === undefined) passOn(chunk)
      else if (!change.write(chunk)) sent?.pause()
    },
    onEnd() {
      if (over) return
      if (change === undefined) onWhole()
      else change.end()
    },
    onError: (error) => fail(refusalOfError(error)),
  }

  res.on('close', onBrowserClose).on('drain', onDrain).on('error', onBrowserClose)
  const { method, target, headers, framing } = options
  const bytes = framing.kind === 'length' ? framing.bytes : null
  try {
    sent = options.connections.send({ method, target, headers, body: body && { chunks: body, bytes } }, answer)
  } catch (error) {
    // Not now: whoever began this must hold it first, or would hold it for ever.
    process.nextTick(() => fail(refusalOfError(error)))
  }
  return {
    cut(why: CutReason) {
      fail(cutRefusal(why))
      abort()
    },
    stalledSinceMs: () => pausedAt ?? (status === 0 ? (body?.stalledSinceMs() ?? null) : null),
    unansweredSinceMs: () => (status !== 0 ? null : body === undefined ? startedAt : body.completeAtMs()),
  }
}

/** An answer that the agent wrote, or one whose end could not be told from a torn connection: agents frame every body. */
function unusable(head: ResponseHead, status: number, method: string): Refusal | undefined {
  if (head.agentError !== undefined) return refusalOfAgent(head.agentError)
  if (head.refusal !== undefined) return head.refusal
  if (head.contentLengths > 1) return refuse('service_not_answering', 'machine_answer_invalid')
  const bodyless = method === 'HEAD' || status === 204 || status === 304
  return head.framed || bodyless ? undefined : refuse('service_not_answering', 'machine_answer_unframed')
}

function cutRefusal(why: CutReason): Refusal {
  if (why.code === 'over') return refuse('unavailable', 'grant_withdrawn')
  if (why.code === 'unanswered') return refuse('service_not_answering', 'machine_answer_timeout', { status: 504 })
  if (why.code === 'closing') return refuse('unavailable', 'gateway_closing', { close: true })
  return refuse('bad_request', 'stalled', { status: 408 })
}
