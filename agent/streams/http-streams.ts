import { Agent, createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ServerHttp2Stream } from 'node:http2'
import type { Clock } from '../basics/clock.ts'
import type { Logger } from '../basics/logger.ts'
import { agentErrorHeader } from '../wire/agent-api.ts'
import { cutStream, onlyWholeEnds } from '../wire/only-whole-ends.ts'
import type { RefusalRecord } from '../refusals/refusal-record.ts'
import type { AdmittedStream } from './admit-stream.ts'
import { connectTarget } from './connect-target.ts'
import { forwardRequest } from './forward-request.ts'
import { forwardUpgrade } from './forward-upgrade.ts'
import { headOf, savedAs } from './request-watch.ts'
import type { AnswerWatch, PassingBytes, RequestNote, RequestWatch } from './request-watch.ts'
import type { StreamHandle, StreamRegistry } from './stream-registry.ts'
import { isWebSocketRequest } from './websocket-handshake.ts'
import { withoutEmptyWrites } from './without-empty-writes.ts'

export interface HttpStreams {
  /** Serves HTTP/1.1 on an admitted stream. */
  open(stream: ServerHttp2Stream, admitted: AdmittedStream): void
}

export interface HttpStreamsOptions {
  readonly registry: StreamRegistry
  readonly requests: RequestWatch
  readonly assets: AnswerWatch
  readonly clock: Clock
  readonly panelPort: number
  readonly refusals: RefusalRecord
  readonly logger: Logger
}

interface Serving {
  readonly admitted: AdmittedStream
  readonly handle: StreamHandle
  /** The answer to the request that came last. */
  last: ServerResponse | null
  /** Requests that wait for the one before them. */
  waiting: number
}

/** Our gateway sends one after the other. Requests that wait take memory, and the HTTP server itself would let any number of them wait. */
const maxWaiting = 32

const maxHeaderBytes = 64 * 1024

/** One HTTP server for all streams, without a port: it is handed each stream as if it were a connection. */
export function createHttpStreams({ registry, requests, assets, clock, panelPort, refusals, logger }: HttpStreamsOptions): HttpStreams {
  const serving = new WeakMap<Duplex, Serving>()
  /** Idle connections, by session and service; one session never gets a connection that another one used. */
  const agents = new Map<string, Agent>()

  const agentFor = ({ session, service }: AdmittedStream): Agent => {
    const key = `${session} ${service.name}`
    const found = agents.get(key)
    if (found !== undefined) return found
    const agent = new Agent({ keepAlive: true, maxFreeSockets: 32 })
    agent.createConnection = () => connectTarget(service.target, panelPort)
    agents.set(key, agent)
    registry.attach(session, () => {
      agents.delete(key)
      agent.destroy()
    })
    return agent
  }
  const noteRefused = ({ admitted }: Serving): void => refusals.note({ what: 'bytes', why: 'bad_request', subject: admitted.service.title })
  /** Whatever the bytes of a gateway make one of us throw ends its own stream, and never the agent. */
  const guarded = (stream: Duplex, found: Serving, act: () => void): void => {
    try {
      act()
    } catch (error) {
      logger.error({ error, service: found.admitted.service.name }, 'a request of the gateway cannot be passed on')
      noteRefused(found)
      stream.destroy()
    }
  }
  const server = createHttpServer()
  server.on('request', (request, response) => {
    const found = serving.get(request.socket)
    if (found === undefined) return void request.socket.destroy()
    const pass = (): void => {
      const { note, handle } = noted(requests, found, request)
      response.once('close', () => note.end(response.headersSent ? response.statusCode : null))
      const onRefused = (): void => noteRefused(found)
      const { target, name: service } = found.admitted.service
      const onAnswer = (answer: IncomingMessage): PassingBytes | null => {
        const file = savedAs(request, answer)
        if (file !== null) note.file(file)
        return assets.begin({ session: found.admitted.session, service, ...headOf(request, answer) })
      }
      const send = (): void =>
        forwardRequest({ request, response, target, agent: agentFor(found.admitted), handle, clock, onRefused, onAnswer })
      const sendGuarded = (): void => (request.socket.destroyed ? undefined : guarded(request.socket, found, send))
      note.whenClear(() => handle.conduct.whenOpen(sendGuarded))
    }
    const forward = (): void => (request.socket.destroyed ? undefined : guarded(request.socket, found, pass))
    // Requests that were sent without waiting reach the machine one after the other, as they came.
    const before = found.last
    found.last = response
    const forwardWhenOpen = (): void => found.handle.conduct.whenOpen(forward)
    if (before === null || before.writableFinished || before.destroyed) return forwardWhenOpen()
    found.waiting += 1
    if (found.waiting > maxWaiting) return void request.socket.destroy()
    before.once('close', () => {
      found.waiting -= 1
      forwardWhenOpen()
    })
  })
  server.on('upgrade', (request, stream, head) => {
    const found = serving.get(stream)
    if (found === undefined) return void stream.destroy()
    if (isAnswering(found)) return void stream.destroy()
    const { target, messagesPass } = found.admitted.service
    const pass = (): void => {
      const { note, handle } = noted(requests, found, request)
      let status: number | null = null
      const onAnswer = (given: number): void => void (status = given)
      stream.once('close', () => note.end(status))
      const connect = () => connectTarget(target, panelPort)
      forwardUpgrade({ request, stream, head, target, connect, handle, messagesPass, onAnswer, clock })
    }
    const forward = (): void => found.handle.conduct.whenOpen(() => (stream.destroyed ? undefined : guarded(stream, found, pass)))
    // The answer before is complete, and lets go of the stream when its last byte is out.
    if (found.last === null || found.last.writableFinished) forward()
    else found.last.once('close', forward)
  })
  const refuseRest = (stream: Duplex, status: string, { code }: { readonly code?: string } = {}): void => {
    const found = serving.get(stream)
    // A stream that broke says nothing of what was on it: a page that changes its mind, a session that was narrowed.
    const unreadable = code === undefined || code.startsWith('HPE_')
    if (found !== undefined && unreadable) noteRefused(found)
    if (found !== undefined && isAnswering(found)) stream.destroy()
    else lastAnswer(stream, status)
  }
  server.on('connect', (_request, stream) => refuseRest(stream, '405 Method Not Allowed'))
  server.on('clientError', (error: NodeJS.ErrnoException, stream) => refuseRest(stream, '400 Bad Request', { code: error.code ?? '' }))
  return {
    open: (stream, admitted) => {
      const handle = registry.add(admitted.session, admitted.service.name, () => cutStream(stream))
      serving.set(stream, { admitted, handle, last: null, waiting: 0 })
      stream.on('error', () => {})
      stream.once('close', () => handle.close())
      stream.respond({ ':status': 200 })
      server.emit('connection', withoutEmptyWrites(onlyWholeEnds(stream)))
    },
  }
}

/** The stream's handle, with the bytes of one request counted for themselves too. */
function noted(requests: RequestWatch, { admitted, handle }: Serving, { method = '', url = '' }: IncomingMessage): Noted {
  const note = requests.begin({ session: admitted.session, service: admitted.service.name, method, path: url })
  return {
    note,
    handle: {
      ...handle,
      up: (bytes) => {
        handle.up(bytes)
        note.up(bytes)
      },
      down: (bytes) => {
        handle.down(bytes)
        note.down(bytes)
      },
    },
  }
}

interface Noted {
  readonly note: RequestNote
  readonly handle: StreamHandle
}

function createHttpServer(): Server {
  const options = {
    maxHeaderSize: maxHeaderBytes,
    // Timers of its own would cut uploads that move (security.md, E11); streams end with their session.
    requestTimeout: 0,
    headersTimeout: 0,
    keepAliveTimeout: 0,
    insecureHTTPParser: false,
    // Other upgrades are served as the plain requests that they also are.
    shouldUpgradeCallback: (request: IncomingMessage) => isWebSocketRequest(request),
  }
  return createServer(options)
}

/** An answer is on its way: nothing else may be written on this stream, and only the answer itself may end it well. */
const isAnswering = ({ last }: Serving): boolean => last !== null && !last.writableEnded && !last.destroyed

/** Where no `ServerResponse` is at hand: nobody knows what the next bytes would mean, so none are read. */
function lastAnswer(stream: Duplex, status: string): void {
  if (stream.writable)
    stream.end(Buffer.from(`HTTP/1.1 ${status}\r\n${agentErrorHeader}: bad_request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`))
  else stream.destroy()
}
