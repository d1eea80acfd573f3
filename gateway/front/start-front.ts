import { constants } from 'node:crypto'
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { boundFraming } from '../basics/bound-framing.ts'
import type { Running } from '../basics/lifecycle.ts'
import { createBoundLog } from '../basics/bound-log.ts'
import type { Clock } from '../basics/clock.ts'
import type { Logger } from '../basics/logger.ts'
import { checkRequest, maxHeaderFields, type BadRequest } from './check-request.ts'
import { guardConnections, type ConnectionFigures } from './guard-connections.ts'
import { inTurn } from './in-turn.ts'
import { isMisdirected } from './is-misdirected.ts'
import { refusalHeaders, refusalText, refuseSocket, type RefusalLine } from './refuse-socket.ts'

/** One place that requests go to. */
export interface FrontHandler {
  handles(host: string | undefined): boolean
  request(request: IncomingMessage, response: ServerResponse): void
  /** Without it an upgrade is refused. */
  upgrade?(request: IncomingMessage, socket: Duplex, head: Buffer): void
}

export interface FrontOptions {
  readonly host: string
  readonly port: number
  /** PEM; null: plain HTTP. */
  readonly tls: { readonly cert: string; readonly key: string } | null
  /** The first that says yes takes it. */
  readonly handlers: readonly FrontHandler[]
  readonly limits: ConnectionFigures
  /** Shorter ones for tests. */
  readonly timeouts?: Partial<typeof defaultTimeouts>
  readonly clock: Clock
  readonly logger: Logger
}

export interface Front extends Running {
  readonly address: AddressInfo
  /** Takes a connection that another listener accepted, before its handshake. */
  accept(socket: Socket): void
}

/** Slow headers are an attack; a slow body is an upload, so there is no request timeout (security.md, E11). */
const defaultTimeouts = {
  headersTimeoutMs: 10_000,
  handshakeTimeoutMs: 10_000,
  /** An idle connection; a little longer than that of the fronts that people put before us. */
  keepAliveTimeoutMs: 65_000,
}
/** Names and values of a request's head together, with the request line. */
const maxHeaderBytes = 32 * 1024
const drainMs = 2_000

export async function startFront(options: FrontOptions): Promise<Front> {
  const server = createServer(options)
  // What is over it Node would drop without a word: it sees one more than may be, and the request is refused.
  server.maxHeadersCount = maxHeaderFields + 1
  const bounds = createBoundLog(options.clock, options.logger)
  guardConnections(server, options.limits, { tls: options.tls !== null, clock: options.clock, bounds })
  boundFraming(server, { clock: options.clock, bounds, tls: options.tls !== null, upgrades: true })
  const turns = inTurn(bounds)
  server.on('request', (request, response) => turns(request, response, () => handOn(request, response)))
  const handOn = (request: IncomingMessage, response: ServerResponse): void => {
    // Node's parser loses what stands behind an upgrade that is not taken, and would read on somewhere in the middle.
    if (request.headers.upgrade !== undefined) response.shouldKeepAlive = false
    const bad = checkRequest(request)
    if (bad !== null) return badRequest(response, bad)
    const handler = options.handlers.find((candidate) => candidate.handles(request.headers.host))
    if (handler === undefined || isMisdirected(request)) return misdirected(response)
    try {
      handler.request(request, response)
    } catch (error) {
      options.logger.error({ err: error }, 'a request could not be handed on')
      response.destroy()
    }
  }
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    if (!turns.mayRefuse(socket)) return void socket.destroy()
    const bad = checkRequest(request)
    if (bad !== null) return refuseSocket(socket, statusOfBad(bad))
    const handler = options.handlers.find((candidate) => candidate.handles(request.headers.host))
    if (handler?.upgrade === undefined || isMisdirected(request)) return refuseSocket(socket, '404 Not Found')
    handler.upgrade(request, socket, head)
  })
  server.on('connect', (_request: IncomingMessage, socket: Duplex) =>
    turns.mayRefuse(socket) ? refuseSocket(socket, '405 Method Not Allowed') : socket.destroy(),
  )
  const secured = new WeakSet<Duplex>()
  server.on('secureConnection', (socket: Duplex) => void secured.add(socket))
  server.on('clientError', (error, socket) => {
    // What is written before the handshake is done waits for it, and the connection with it.
    const mayWrite = socket.writable && (options.tls === null || secured.has(socket))
    if (mayWrite && turns.mayRefuse(socket)) refuseSocket(socket, statusOf(error))
    else socket.destroy(error)
  })
  await listen(server, options)
  return {
    address: server.address() as AddressInfo,
    accept: (socket) => void server.emit('connection', socket),
    drain: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeIdleConnections()
        setTimeout(resolve, drainMs).unref()
      }),
    close: () =>
      new Promise((resolve) => {
        if (!server.listening) {
          server.closeAllConnections()
          return resolve()
        }
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function createServer({ tls, timeouts }: FrontOptions): Server {
  const { headersTimeoutMs, handshakeTimeoutMs, keepAliveTimeoutMs } = { ...defaultTimeouts, ...timeouts }
  const http = {
    headersTimeout: headersTimeoutMs,
    requestTimeout: 0,
    keepAliveTimeout: keepAliveTimeoutMs,
    maxHeaderSize: maxHeaderBytes,
    connectionsCheckingInterval: 5_000,
    insecureHTTPParser: false,
    // Who offers another upgrade, as curl does with h2c, is served as if it had not (RFC 9110, section 7.8).
    shouldUpgradeCallback: ({ headers }: IncomingMessage) => /(?:^|,)\s*websocket\s*(?:,|$)/i.test(headers.upgrade ?? ''),
  }
  // Node lets a client of TLS 1.2 begin three more handshakes on a connection: each costs us ten times what it costs him (CVE-2011-1473).
  const secureOptions = constants.SSL_OP_NO_RENEGOTIATION
  return tls === null
    ? createHttpServer(http)
    : createHttpsServer({ ...http, ...tls, minVersion: 'TLSv1.2', handshakeTimeout: handshakeTimeoutMs, secureOptions })
}

function listen(server: Server, { host, port }: FrontOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/** What stands against bytes that Node's parser could not read, or that did not come in time. */
function statusOf(error: Error): RefusalLine {
  const code = 'code' in error ? error.code : undefined
  if (code === 'HPE_HEADER_OVERFLOW') return '431 Request Header Fields Too Large'
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return '413 Content Too Large'
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? '408 Request Timeout' : '400 Bad Request'
}

const statusOfBad = (why: BadRequest): RefusalLine =>
  why === 'too many fields' ? '431 Request Header Fields Too Large' : '400 Bad Request'

function badRequest(response: ServerResponse, why: BadRequest): void {
  const line = statusOfBad(why)
  response.writeHead(Number.parseInt(line, 10), refusalHeaders)
  response.end(`${refusalText(line)}(${why})\n`)
}

/** RFC 9110, section 15.5.20. */
function misdirected(response: ServerResponse): void {
  response.writeHead(421, refusalHeaders)
  response.end('This name is not served here.\n')
}
