import { Agent, request as httpRequest, validateHeaderName, validateHeaderValue } from 'node:http'
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../basics/clock.ts'
import type { HostPort } from '../settings/agent-settings.ts'
import { agentAnswer } from './agent-answer.ts'
import { answerHeaders, requestHeaders } from './forwarded-headers.ts'
import { boundInterimAnswers, isWritable, reasonOf } from './machine-answer.ts'
import { pump } from './pump.ts'
import { answerFraming, requestFraming } from './request-framing.ts'
import type { PassingBytes } from './request-watch.ts'
import type { StreamHandle } from './stream-registry.ts'

export interface ForwardOptions {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly target: HostPort
  /** Keeps connections to this service of this session, and of no other. */
  readonly agent: Agent
  readonly handle: StreamHandle
  readonly clock: Clock
  /** An answer begins: who wants to see its bytes pass, or null. */
  readonly onAnswer?: (answer: IncomingMessage) => PassingBytes | null
  /** It is none that anybody can pass on. */
  readonly onRefused: () => void
}

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
/** WebDAV and friends: machines use them, and they frame like PUT. */
const furtherMethods = new Set([
  'PROPFIND',
  'PROPPATCH',
  'MKCOL',
  'COPY',
  'MOVE',
  'LOCK',
  'UNLOCK',
  'REPORT',
  'SEARCH',
  'MKCALENDAR',
  'ACL',
  'BIND',
  'UNBIND',
  'REBIND',
  'LINK',
  'UNLINK',
  'PURGE',
  'MERGE',
  'CHECKOUT',
  'MKACTIVITY',
  'NOTIFY',
  'SUBSCRIBE',
  'UNSUBSCRIBE',
  'QUERY',
])

/** Speaks a request anew to the local service, and its answer anew to the gateway. */
export function forwardRequest(options: ForwardOptions): void {
  const { request, response, target } = options
  const method = request.method ?? ''
  const path = request.url ?? ''
  const framing = requestFraming(request)
  const headers = requestHeaders(request.rawHeaders, target)
  if (!methods.has(method) && !furtherMethods.has(method)) return refuseOdd(options, 405)
  if (framing === null || !isOriginForm(method, path) || !areWritable(headers)) return refuseOdd(options, 400)
  const mayChange = method !== 'GET' && method !== 'HEAD'
  if (mayChange && options.handle.conduct.viewOnly) return refuse(options, 403, 'view_only')
  response.sendDate = false
  send({
    ...options,
    headers: [...headers, ...framing.headers],
    hasBody: framing.hasBody,
    mayChange,
    mayRetry: !framing.hasBody && (method === 'GET' || method === 'HEAD'),
  })
}

function refuseOdd(options: ForwardOptions, status: number): void {
  options.onRefused()
  refuse(options, status)
}

/** What cannot be understood ends the connection too: nobody knows where the next request begins. */
function refuse({ request, response }: ForwardOptions, status: number, code: 'bad_request' | 'view_only' = 'bad_request'): void {
  response.shouldKeepAlive = false
  agentAnswer(response, status, code)
  request.resume()
}

/** Nobody writes what a parser that is more lenient than ours let through, such as a blank before a colon. */
function areWritable(headers: readonly string[]): boolean {
  try {
    for (let at = 0; at < headers.length; at += 2) {
      validateHeaderName(headers[at]!)
      validateHeaderValue(headers[at]!, headers[at + 1]!)
    }
    return true
  } catch {
    return false
  }
}

function isOriginForm(method: string, path: string): boolean {
  // llhttp lets bytes above 0x7f through; RFC 3986 knows none.
  return (path.startsWith('/') && /^[\x21-\x7e]+$/.test(path)) || (method === 'OPTIONS' && path === '*')
}

/** The service has closed one connection that waited, so the others that wait are as old, and hardly better. */
function onceAgent({ createConnection }: Agent): Agent {
  const once = new Agent({ keepAlive: false })
  once.createConnection = createConnection
  return once
}

interface SendOptions extends ForwardOptions {
  readonly headers: string[]
  readonly hasBody: boolean
  readonly mayChange: boolean
  readonly mayRetry: boolean
}

function send(options: SendOptions): void {
  const { request, response, target, agent, handle, clock } = options
  const upstream = httpRequest({
    agent,
    host: target.host,
    port: target.port,
    method: request.method,
    path: request.url,
    headers: options.headers,
    setHost: false,
    insecureHTTPParser: false,
  })
  let answered = false
  const gone = (): void => {
    // The gateway went away: the service must not work for nobody, and half a body must not look whole.
    if (!response.writableFinished) upstream.destroy()
  }
  response.once('close', gone)
  if (options.mayChange) endWhenViewOnly(options, upstream)
  boundInterimAnswers(upstream)
  upstream.on('response', (answer) => {
    if (!isWritable(answer)) return void upstream.destroy()
    answered = true
    passAnswer(options, upstream, answer)
  })
  upstream.on('error', (error) => {
    if (answered || response.destroyed) return
    response.removeListener('close', gone)
    // Of this one nothing more is told, also not that it is closed.
    answered = true
    if (options.mayRetry && upstream.reusedSocket && 'code' in error && error.code === 'ECONNRESET')
      return send({ ...options, agent: onceAgent(agent), mayRetry: false })
    agentAnswer(response, 502, 'service_unreachable')
    request.resume()
  })
  // A service that switches protocols unasked gets no tunnel.
  upstream.on('upgrade', (_answer, socket) => socket.destroy())
  upstream.on('close', () => {
    if (!answered && !response.destroyed) agentAnswer(response, 502, 'service_unreachable')
  })
  if (!options.hasBody) return void upstream.end()
  // The service may answer before it has read everything; what it does not want is read and dropped.
  upstream.once('close', () => request.resume())
  pump({
    from: request,
    to: upstream,
    clock,
    conduct: handle.conduct,
    onChunk: (chunk) => handle.up(chunk.length),
    onFailure: () => response.socket?.destroy(),
  })
}

/** What would change the machine does not go on because it began a moment earlier. */
function endWhenViewOnly({ response, handle: { conduct } }: ForwardOptions, upstream: ClientRequest): void {
  const stopFollowing = conduct.follow(() => {
    if (!conduct.viewOnly) return
    upstream.destroy()
    response.socket?.destroy()
  })
  upstream.once('close', stopFollowing)
}

function passAnswer(
  { request, response, target, handle, clock, onAnswer }: SendOptions,
  upstream: ClientRequest,
  answer: IncomingMessage,
): void {
  const headers = [...answerHeaders(answer.rawHeaders, target), ...answerFraming(answer)]
  try {
    response.writeHead(answer.statusCode ?? 0, reasonOf(answer), headers)
  } catch {
    upstream.destroy()
    return agentAnswer(response, 502, 'service_unreachable')
  }
  const torn = (): void => void response.socket?.destroy()
  answer.once('error', torn)
  answer.once('close', () => {
    if (!answer.complete) {
      watcher?.cut()
      return torn()
    }
    watcher?.end()
    if (!request.complete) request.resume()
  })
  const watcher = onAnswer?.(answer) ?? null
  let begun = false
  const onChunk = (chunk: Buffer): void => {
    begun = true
    handle.down(chunk.length)
    watcher?.add(chunk)
  }
  pump({ from: answer, to: response, clock, conduct: handle.conduct, onChunk, onFailure: torn })
  // Head and first bytes go in one write where both are there; a head whose body lets itself be waited for (events) goes alone.
  setImmediate(() => {
    if (!begun && !response.writableEnded && !response.destroyed) response.flushHeaders()
  })
}
