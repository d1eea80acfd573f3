import { constants } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { boundFraming } from '../basics/bound-framing.ts'
import { createBoundLog } from '../basics/bound-log.ts'
import { cutUnreadBody } from '../basics/cut-unread-body.ts'
import type { Running } from '../basics/lifecycle.ts'
import type { Logger } from '../basics/logger.ts'
import { EnrolmentRefusal } from './enrolment-refusal.ts'
import { estRoutes } from './est-routes.ts'
import type { EstRoutesOptions } from './est-routes.ts'
import { guardConnections } from './guard-connections.ts'
import type { ConnectionGuard } from './guard-connections.ts'
import { freePeerCertificates } from './free-peer-certificates.ts'
import type { ServerCertificate } from './server-certificate.ts'

export interface EstListenerOptions extends EstRoutesOptions {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  readonly certificate: ServerCertificate
  readonly logger: Logger
  /** Default: 10 s for headers; half as much again for the whole request. */
  readonly headersTimeoutMs?: number
  /** Default: `defaultGuard`. */
  readonly guard?: Partial<Omit<ConnectionGuard, 'clock'>>
}

export interface EstListener extends Running {
  readonly address: AddressInfo
  /** Takes a connection that another listener accepted, before its handshake. */
  accept(socket: Socket): void
}

const defaultGuard: Omit<ConnectionGuard, 'clock'> = {
  perSecond: 50,
  burst: 200,
  maxConnections: 512,
  maxPerAddress: 64,
  ofAddress: { perSecond: 25, burst: 100 },
}

/** Enrolment over Secure Transport (RFC 7030): TLS 1.3 with the gateway's own certificate, client certificate optional, HTTP/1.1. */
export async function startEstListener(options: EstListenerOptions): Promise<EstListener> {
  const { host, port, certificate, authority, logger, headersTimeoutMs = 10_000 } = options
  const routes = estRoutes(options)
  freePeerCertificates()
  const contextOf = ({ keyPem, certificatePem }: ReturnType<ServerCertificate['current']>) => ({
    key: keyPem,
    cert: certificatePem,
    ca: authority.bundlePem,
    minVersion: 'TLSv1.3' as const,
    // A resumed session would skip the check of the client's certificate.
    secureOptions: constants.SSL_OP_NO_TICKET,
  })
  const server = createServer(
    {
      ...contextOf(certificate.current()),
      requestCert: true,
      rejectUnauthorized: false,
      handshakeTimeout: headersTimeoutMs,
      headersTimeout: headersTimeoutMs,
      requestTimeout: headersTimeoutMs * 1.5,
      connectionsCheckingInterval: Math.min(5_000, headersTimeoutMs),
      maxHeaderSize: 8 * 1024,
      keepAliveTimeout: 2_000,
    },
    (request, response) => void answer(request, response),
  )
  boundFraming(server, { clock: options.clock, bounds: createBoundLog(options.clock, logger), tls: true, upgrades: false })
  guardConnections(server, { clock: options.clock, ...defaultGuard, ...options.guard })
  server.on('tlsClientError', () => {})

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const cms = await route(request)
      send(response, 200, 'application/pkcs7-mime; smime-type=certs-only', `${cms.toString('base64').replaceAll(/(.{76})/g, '$1\r\n')}\r\n`)
    } catch (error) {
      if (request.errored !== null) return void response.destroy()
      if (!(error instanceof EnrolmentRefusal)) logger.error({ err: error }, 'enrolment failed')
      const refusal =
        error instanceof EnrolmentRefusal ? error : new EnrolmentRefusal(503, 'The gateway cannot enrol right now. Try again later.')
      logger.info({ status: refusal.status, remoteAddress: request.socket.remoteAddress, reason: refusal.message }, 'enrolment refused')
      // Some of the rest of the body is read and dropped: a close with unread bytes is a reset, which can overtake the answer.
      cutUnreadBody(request, response)
      // RFC 7030, section 4.2.3: ask again.
      if (refusal.status === 202) response.setHeader('retry-after', String(refusal.retryS))
      send(response, refusal.status, 'text/plain; charset=utf-8', `${refusal.message}\n`)
    }
  }

  async function route(request: IncomingMessage): Promise<Buffer> {
    const found = routes.get(request.url ?? '')
    if (found === undefined)
      throw new EnrolmentRefusal(404, 'Here are only cacerts, simpleenroll and simplereenroll under /.well-known/est/.')
    if (request.method !== found.method) throw new EnrolmentRefusal(405, `Only ${found.method} is answered here.`)
    if (!(request.socket instanceof TLSSocket)) throw new TypeError('a request without TLS')
    return found.run(request, request.socket)
  }

  const stopListening = certificate.onRenewed((material) => server.setSecureContext(contextOf(material)))
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
  const ended = new Promise<void>((resolve) => server.once('close', resolve))
  async function drain(): Promise<void> {
    stopListening()
    server.close()
    server.closeIdleConnections()
    await ended
  }
  return {
    address: server.address() as AddressInfo,
    accept: (socket) => void server.emit('connection', socket),
    drain,
    async close() {
      const drained = drain()
      server.closeAllConnections()
      await drained
    },
  }
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  const base64 = status === 200 ? { 'Content-Transfer-Encoding': 'base64' } : {}
  const challenge = status === 401 ? { 'WWW-Authenticate': 'Basic realm="enrolment", charset="UTF-8"' } : {}
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    ...base64,
    ...challenge,
  })
  response.end(body)
}
