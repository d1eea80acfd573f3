import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Dispatcher } from 'undici'
import { machineOrigin } from '../../agent/wire/machine-origin.ts'
import { receivedBytes } from '../../agent/wire/received-bytes.ts'
import type { Clock } from '../basics/clock.ts'
import { linger } from './linger.ts'
import type { CutReason, LiveExchange } from './live-exchange.ts'
import { refuse, type Refusal } from './refusal.ts'
import { refusalOfError, refusalOfAgent } from './refusal-of-error.ts'
import { requestBody, type RequestBody } from './request-body.ts'
import type { RequestFraming } from './request-framing.ts'
import type { ResponseHead } from './response-headers.ts'

export interface HttpExchangeOptions {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly dispatcher: Dispatcher
  readonly method: string
  /** Path and query, exactly as they are sent. */
  readonly target: string
  /** Flat pairs, without framing: that is built here. */
  readonly headers: readonly string[]
  readonly framing: RequestFraming
  readonly responseHead: (status: number, raw: readonly string[]) => ResponseHead
  readonly clock: Clock
  readonly lingerMs: number
  /** Answers in the machine's place; called at most once, and only while no byte of an answer has left. */
  readonly refuse: (refusal: Refusal) => void
  /** Called once, when it is over. */
  readonly settle: (outcome: { readonly status: number; readonly up: number; readonly down: number }) => void
}

/** A hostile machine must not keep us busy with 1xx answers; none of them reaches the browser. */
const maxInterimAnswers = 10

/**
 * Sends one request over a pooled connection and its answer to the browser, both as streams with backpressure. A torn answer is never ended cleanly:
 * the browser's connection is destroyed. A torn request destroys the machine's connection, so that its rest never meets the next request.
 */
export function httpExchange(options: HttpExchangeOptions): LiveExchange {
  const { req, res, clock } = options
  const body = options.framing.kind === 'none' ? undefined : requestBody(req, clock)
  let controller: Dispatcher.DispatchController | undefined
  const startedAt = clock.monotonicMs()
  let pausedAt: number | null = null
  let status = 0
  let down = 0
  let interim = 0
  let over = false

  const finish = (): void => {
    if (over) return
    over = true
    body?.stop()
    res.off('close', onBrowserClose).off('drain', onDrain)
    options.settle({ status, up: body?.bytes ?? 0, down })
  }
  const abort = (why: string): void => controller?.abort(new Error(why))
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
    abort('the browser left')
    finish()
  }
  const onDrain = (): void => {
    pausedAt = null
    controller?.resume()
  }

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(started) {
      controller = started
      if (over) abort('over before it began')
    },
    onResponseStart(started, code) {
      if (code < 200) {
        if (++interim > maxInterimAnswers) abort('too many interim answers')
        return
      }
      const head = options.responseHead(code, latin1(started.rawHeaders))
      const refusal = unusable(head, code, options.method)
      if (refusal !== undefined) {
        fail(refusal)
        return abort(refusal.code)
      }
      status = code
      // One packet for head and body where both are there already.
      const socket = res.socket
      socket?.cork()
      process.nextTick(() => socket?.uncork())
      res.writeHead(code, STATUS_CODES[code] ?? '', head.headers)
      res.flushHeaders()
    },
    onResponseData(started, chunk) {
      if (over) return
      down += chunk.length
      receivedBytes(chunk.length)
      if (res.write(chunk)) return
      pausedAt = clock.monotonicMs()
      started.pause()
    },
    onResponseEnd() {
      if (over) return
      res.end()
      linger(req, res, clock, options.lingerMs)
      finish()
    },
    onResponseError: (_, error) => fail(refusalOfError(error)),
  }

  res.on('close', onBrowserClose).on('drain', onDrain).on('error', onBrowserClose)
  dispatch(options, body, handler, fail)
  return {
    cut(why: CutReason) {
      fail(cutRefusal(why))
      abort(why.code)
    },
    stalledSinceMs: () => pausedAt ?? (status === 0 ? (body?.stalledSinceMs() ?? null) : null),
    unansweredSinceMs: () => (status !== 0 ? null : body === undefined ? startedAt : body.completeAtMs()),
  }
}

function dispatch(
  options: HttpExchangeOptions,
  body: RequestBody | undefined,
  handler: Dispatcher.DispatchHandler,
  fail: (refusal: Refusal) => void,
): void {
  const { framing } = options
  const headers = framing.kind === 'length' ? [...options.headers, 'content-length', String(framing.bytes)] : [...options.headers]
  try {
    options.dispatcher.dispatch(
      {
        origin: machineOrigin,
        path: options.target,
        method: options.method,
        headers,
        body: (body ?? null) as Dispatcher.DispatchOptions['body'],
      },
      handler,
    )
  } catch (error) {
    fail(refusalOfError(error))
  }
}

/** An answer that the agent wrote, or one whose end could not be told from a torn connection: agents frame every body. */
function unusable(head: ResponseHead, status: number, method: string): Refusal | undefined {
  if (head.agentError !== undefined) return refusalOfAgent(head.agentError)
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

function latin1(raw: Dispatcher.DispatchController['rawHeaders']): string[] {
  return Array.isArray(raw) ? raw.map((part: Buffer | string) => (typeof part === 'string' ? part : part.toString('latin1'))) : []
}
