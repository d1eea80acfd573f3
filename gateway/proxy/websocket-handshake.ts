import { request, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Clock } from '../basics/clock.ts'
import { isRefusal, refuse, type Refusal } from './refusal.ts'
import { refusalOfAgent, refusalOfError } from './refusal-of-error.ts'
import { agentErrorHeader } from '../../agent/wire/agent-api.ts'
import { websocketAgreement, type WebSocketAgreement, type WebSocketOffer } from './websocket-offer.ts'

export interface MachineWebSocket {
  readonly stream: Duplex
  /** What the machine sent behind its answer. */
  readonly head: Buffer
  readonly agreement: WebSocketAgreement
}

export interface WebSocketHandshakeOptions {
  readonly openStream: (signal: AbortSignal) => Promise<Duplex>
  readonly target: string
  /** Flat pairs as `requestHeaders` made them. */
  readonly headers: readonly string[]
  readonly offer: WebSocketOffer
  readonly maxHeaderBytes: number
  readonly clock: Clock
  readonly timeoutMs: number
  /** Aborts when the browser leaves or the session ends. */
  readonly signal: AbortSignal
}

/** The handshake with the machine on a stream of its own, never a pooled one. Never rejects. */
export async function websocketHandshake(options: WebSocketHandshakeOptions): Promise<MachineWebSocket | Refusal> {
  const timeout = new AbortController()
  const timer = options.clock.after(options.timeoutMs, () => timeout.abort())
  const signal = AbortSignal.any([options.signal, timeout.signal])
  let stream: Duplex | undefined
  try {
    stream = await options.openStream(signal)
    const answer = await exchange(stream, options, signal)
    if (isRefusal(answer)) stream.destroy()
    return answer
  } catch (error) {
    stream?.destroy()
    return timeout.signal.aborted ? refuse('service_not_answering', 'machine_websocket_timeout', { status: 504 }) : refusalOfError(error)
  } finally {
    timer.cancel()
  }
}

function exchange(stream: Duplex, options: WebSocketHandshakeOptions, signal: AbortSignal): Promise<MachineWebSocket | Refusal> {
  const { offer } = options
  const headers = [
    ...options.headers,
    'connection',
    'Upgrade',
    'upgrade',
    'websocket',
    'sec-websocket-version',
    '13',
    'sec-websocket-key',
    offer.key,
  ]
  if (offer.protocols.length > 0) headers.push('sec-websocket-protocol', offer.protocols.join(', '))
  if (offer.deflate !== '') headers.push('sec-websocket-extensions', offer.deflate)
  return new Promise((resolve, reject) => {
    const req = request({
      method: 'GET',
      path: options.target,
      headers,
      setHost: false,
      maxHeaderSize: options.maxHeaderBytes,
      signal,
      createConnection: () => stream,
    })
    req.on('error', reject)
    req.on('upgrade', (answer: IncomingMessage, socket: Duplex, head: Buffer) => {
      const agreement = websocketAgreement(offer, answer)
      resolve(isRefusal(agreement) ? agreement : { stream: socket, head, agreement })
    })
    req.on('response', (answer) => {
      const agentError = answer.headers[agentErrorHeader]
      // The machine's own "no": only its status is of use to a page, browsers show nothing else of a failed handshake.
      const status = answer.statusCode ?? 502
      resolve(
        typeof agentError === 'string'
          ? refusalOfAgent(agentError)
          : refuse('service_not_answering', 'machine_refused_websocket', { status: status < 400 ? 502 : status }),
      )
    })
    req.end()
  })
}
