import { createProxyServer } from 'http-proxy-3'
import { Agent, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Logger } from '../basics/logger.ts'
import type { FrontHandler } from './start-front.ts'

/**
 * Passes the identity provider's host on to its Unix socket. No keep-alive: http-proxy-3 would let a chunked DELETE smuggle a second request
 * into a reused connection (security.md, E1). What a client says about itself in `X-Forwarded-*` is replaced.
 */
export function passToSocket(options: {
  readonly host: string
  readonly socket: string
  readonly https: boolean
  readonly logger: Logger
}): FrontHandler {
  const proxy = createProxyServer({
    target: { socketPath: options.socket, protocol: 'http:', host: options.host } as never,
    agent: new Agent({ keepAlive: false }),
    xfwd: false,
    ws: false,
    changeOrigin: false,
  })
  proxy.on('error', (error: Error, _request: IncomingMessage, response: unknown) => {
    options.logger.warn({ err: error }, 'the identity provider did not answer')
    const answer = response as ServerResponse
    if (answer.headersSent) return answer.destroy()
    answer.writeHead(503, { 'content-type': 'text/plain; charset=utf-8', 'retry-after': '5' })
    answer.end(
      'The identity provider does not answer now. Try again in a moment.\nDer Anmeldedienst antwortet gerade nicht. Bitte gleich noch einmal versuchen.\n',
    )
  })
  return {
    handles: (host) => host === options.host,
    request(request, response) {
      for (const name of Object.keys(request.headers))
        if (/^(?:x-forwarded-|forwarded$|x-real-ip$)/.test(name)) delete request.headers[name]
      request.headers['x-forwarded-for'] = request.socket.remoteAddress ?? ''
      request.headers['x-forwarded-proto'] = options.https ? 'https' : 'http'
      request.headers['x-forwarded-host'] = options.host
      proxy.web(request, response)
    },
  }
}
