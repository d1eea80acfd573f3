import { request as httpRequest, ServerResponse } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Clock } from '../basics/clock.ts'
import type { HostPort } from '../settings/agent-settings.ts'
import { createFrameParser } from '../wire/websocket-frames.ts'
import { agentAnswer } from './agent-answer.ts'
import { answerHeaders, requestHeaders } from './forwarded-headers.ts'
import { boundInterimAnswers, isWritable, reasonOf } from './machine-answer.ts'
import { pump } from './pump.ts'
import { createWebSocketGate } from './websocket-gate.ts'
import type { StreamHandle } from './stream-registry.ts'
import { handshakeProblem, offeredExtensions, usesDeflate } from './websocket-handshake.ts'

export interface ForwardUpgradeOptions {
  readonly request: IncomingMessage
  /** The gateway's stream, out of the HTTP server's hands. */
  readonly stream: Duplex
  /** Bytes that came behind the request. */
  readonly head: Buffer
  readonly target: HostPort
  readonly connect: () => Socket
  readonly handle: StreamHandle
  /** At *view only* too, by a rule of the service. */
  readonly messagesPass: boolean
  /** Told the status of the service's answer. */
  readonly onAnswer: (status: number) => void
  readonly clock: Clock
}

/** Asks the local service for a WebSocket, checks its answer, then watches the frames of both sides while they pass. */
export function forwardUpgrade(options: ForwardUpgradeOptions): void {
  const { request, stream, target } = options
  const socket = options.connect()
  const headers = requestHeaders(withoutExtensions(request.rawHeaders), target)
  const extensions = offeredExtensions(request)
  if (extensions !== null) headers.push('Sec-WebSocket-Extensions', extensions)
  headers.push('Connection', 'Upgrade', 'Upgrade', 'websocket')
  if (!/^\/[\x21-\x7e]*$/.test(request.url ?? '')) return answer(options, socket, 400, 'bad_request')
  const upstream = httpRequest({ createConnection: () => socket, method: 'GET', path: request.url, headers, setHost: false })
  stream.on('error', () => {})
  stream.once('close', () => socket.destroy())
  let answered = false
  boundInterimAnswers(upstream)
  upstream.on('upgrade', (upgraded, _socket, head) => {
    answered = true
    if (handshakeProblem(request, upgraded) === null) {
      options.onAnswer(101)
      join(options, socket, upgraded, head)
    } else answer(options, socket, 502, 'service_unreachable')
  })
  upstream.on('response', (refusal) => {
    answered = true
    if (isWritable(refusal)) passRefusal(options, refusal)
    else answer(options, socket, 502, 'service_unreachable')
  })
  upstream.on('error', () => {
    if (!answered) answer(options, socket, 502, 'service_unreachable')
    answered = true
  })
  upstream.end()
}

function withoutExtensions(rawHeaders: readonly string[]): string[] {
  const kept: string[] = []
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (rawHeaders[at]!.toLowerCase() !== 'sec-websocket-extensions') kept.push(rawHeaders[at]!, rawHeaders[at + 1]!)
  }
  return kept
}

function join(
  { stream, head, handle, messagesPass, clock }: ForwardUpgradeOptions,
  socket: Socket,
  upgraded: IncomingMessage,
  serviceHead: Buffer,
): void {
  const permessageDeflate = usesDeflate(upgraded)
  const { conduct } = handle
  const fromClient = createWebSocketGate(messagesPass ? { viewOnly: false } : conduct, permessageDeflate)
  const fromService = createFrameParser({ fromClient: false, permessageDeflate })
  const destroy = (): void => {
    stream.destroy()
    socket.destroy()
  }
  socket.on('error', destroy)
  // A service that vanished in the middle must not look like one that closed.
  socket.on('close', () => (socket.readableEnded ? undefined : destroy()))
  stream.write(switching(upgraded))
  if (head.length > 0) stream.unshift(head)
  if (serviceHead.length > 0) socket.unshift(serviceHead)
  const stopFollowing = conduct.follow(() => (!conduct.viewOnly && fromClient.isBroken ? destroy() : undefined))
  stream.once('close', stopFollowing)
  const up = (chunk: Buffer): Buffer => {
    const passing = fromClient.pass(chunk)
    handle.up(passing.length)
    return passing
  }
  const down = (chunk: Buffer): void => {
    fromService.push(chunk)
    handle.down(chunk.length)
  }
  pump({ from: stream, to: socket, clock, conduct, onFailure: destroy, onChunk: up })
  pump({ from: socket, to: stream, clock, conduct, onFailure: destroy, onChunk: down })
}

/** The 101 in our own words: what the handshake needs, and no cookies (security.md, E5). */
function switching(upgraded: IncomingMessage): string {
  const lines = ['HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: websocket']
  for (const name of ['sec-websocket-accept', 'sec-websocket-protocol', 'sec-websocket-extensions']) {
    const value = upgraded.headers[name]
    if (typeof value === 'string') lines.push(`${name}: ${value}`)
  }
  return `${lines.join('\r\n')}\r\n\r\n`
}

function passRefusal(options: ForwardUpgradeOptions, refusal: IncomingMessage): void {
  const { stream, target, handle, clock } = options
  const response = responseOn(options)
  response.sendDate = false
  options.onAnswer(refusal.statusCode ?? 502)
  response.writeHead(refusal.statusCode ?? 502, reasonOf(refusal), answerHeaders(refusal.rawHeaders, target))
  const torn = (): void => void stream.destroy()
  refusal.once('error', torn)
  refusal.once('close', () => (refusal.complete ? undefined : torn()))
  pump({ from: refusal, to: response, clock, conduct: handle.conduct, onChunk: (chunk) => handle.down(chunk.length), onFailure: torn })
}

function answer(options: ForwardUpgradeOptions, socket: Socket, status: number, code: 'service_unreachable' | 'bad_request'): void {
  socket.on('error', () => {})
  socket.destroy()
  agentAnswer(responseOn(options), status, code)
}

/** An HTTP answer on the raw stream, after which the stream ends. */
function responseOn({ request, stream }: ForwardUpgradeOptions): ServerResponse {
  const response = new ServerResponse(request)
  response.shouldKeepAlive = false
  response.assignSocket(stream as Socket)
  response.once('finish', () => stream.end())
  return response
}
