import { createProxyServer } from 'http-proxy-3'
import { Agent, type IncomingMessage, type ServerResponse } from 'node:http'
import { cutUnreadBody } from '../basics/cut-unread-body.ts'
import type { Logger } from '../basics/logger.ts'
import { clientAddress } from './client-address.ts'
import type { FrontHandler } from './start-front.ts'

/** What belongs to one hop (RFC 9110, section 7.6.1), and what only a front may say. `Transfer-Encoding` stays: Node frames the body anew by it. */
const dropped = /^(?:connection|keep-alive|proxy-.*|te|trailer|upgrade|expect|x-forwarded-.*|forwarded|x-real-ip)$/

/** http-proxy-3 sends the chunked body of a DELETE or OPTIONS behind `content-length: 0`, where it reads as a second request (security.md, E1). */
const methodsWithBody = new Set(['POST', 'PUT', 'PATCH'])
const methods = new Set([...methodsWithBody, 'GET', 'HEAD', 'DELETE', 'OPTIONS'])

/**
 * Passes the identity provider's host on to its Unix socket, each request over a connection of its own. What a client says about itself in
 * `X-Forwarded-*` is replaced.
 */
export function passToSocket(options: {
  readonly host: string
  readonly socket: string
  readonly https: boolean
  /** A TLS front of one's own says who connects. */
  readonly behindFront: boolean
  /** Counts a request of somebody unknown; false: too many have come from this address. */
  readonly stranger: (address: string) => boolean
  readonly logger: Logger
}): FrontHandler {
  const proxy = createProxyServer({
    target: { socketPath: options.socket, protocol: 'http:', host: options.host } as never,
    agent: new Agent({ keepAlive: false }),
    xfwd: false,
    ws: false,
    changeOrigin: false,
  })
  proxy.on('error', (error: Error, request: IncomingMessage, response: unknown) => {
    // What still comes of the body is nobody's, and the browser's next request stands behind it.
    request.unpipe().resume()
    const answer = response as ServerResponse
    // An answer that came before the end of the body is one.
    if (answer.writableEnded) return
    options.logger.warn({ err: error }, 'the identity provider did not answer')
    if (answer.headersSent) return answer.destroy()
    answer.writeHead(503, { 'content-type': 'text/plain; charset=utf-8', 'retry-after': '5' })
    answer.end(
      'The identity provider does not answer now. Try again in a moment.\nDer Anmeldedienst antwortet gerade nicht. Bitte gleich noch einmal versuchen.\n',
    )
  })
  proxy.on('proxyReq', (outgoing, request, response) => {
    response.once('finish', () => {
      if (request.complete) return
      request.unpipe().resume()
      outgoing.destroy()
    })
  })
  proxy.on('proxyRes', ({ headers }, request) => {
    headers.connection = leaving.has(request) ? 'close' : 'keep-alive'
    delete headers['keep-alive']
  })
  const leaving = new WeakSet<IncomingMessage>()
  return {
    handles: (host) => host === options.host,
    request(request, response) {
      cutUnreadBody(request, response)
      const client = clientAddress(request, options.behindFront)
      const refusal = options.stranger(client) ? refusalOf(request) : tooMany
      if (refusal !== undefined) {
        response.writeHead(refusal.status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close', ...refusal.headers })
        return response.end(`${refusal.text}\n`)
      }
      if (!response.shouldKeepAlive) leaving.add(request)
      for (const name of Object.keys(request.headers)) if (dropped.test(name)) delete request.headers[name]
      // The provider would close at once behind an answer that needs no body, and take the answer with it; our agent closes when it was read.
      request.headers.connection = 'keep-alive'
      request.headers['x-forwarded-for'] = client
      request.headers['x-forwarded-proto'] = options.https ? 'https' : 'http'
      request.headers['x-forwarded-host'] = options.host
      proxy.web(request, response)
    },
  }
}

interface Refusal {
  readonly status: number
  readonly text: string
  readonly headers?: Readonly<Record<string, string>>
}

const tooMany: Refusal = {
  status: 429,
  text: 'Too many requests came from your network. Wait a few seconds, then try again.\nAus Ihrem Netz kamen zu viele Anfragen. Warten Sie einige Sekunden und versuchen Sie es noch einmal.',
  headers: { 'retry-after': '1' },
}

function refusalOf({ method = '', headers }: IncomingMessage): Refusal | undefined {
  if (!methods.has(method)) return { status: 405, text: `${method} is not served here.`, headers: { allow: [...methods].join(', ') } }
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0
  if (hasBody && !methodsWithBody.has(method)) return { status: 400, text: `A ${method} request has no body here.` }
  return undefined
}
