import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { AgentError } from '../basics/agent-error.ts'
import type { Logger } from '../basics/logger.ts'
import { listenOnLoopback } from './listen-on-loopback.ts'
import { panelError, panelProblem } from './panel-problem.ts'
import { foreignness } from './panel-guard.ts'

export interface PanelServer {
  readonly port: number
  /** From now on requests are served; before, they are answered with 503. */
  serve(handlers: PanelHandlers): void
  close(): Promise<void>
}

export interface PanelHandlers {
  readonly pages: (request: IncomingMessage, response: ServerResponse, path: string) => Promise<void>
  readonly api: (request: IncomingMessage, response: ServerResponse, path: string) => Promise<void>
}

/**
 * Listens on loopback; the port is known before anything else of the agent starts, so that no service can lead to it.
 *
 * @throws AgentError `panel_port_in_use`, `panel_unavailable`
 */
export async function startPanel(options: { readonly host: string; readonly port: number; readonly logger: Logger }): Promise<PanelServer> {
  const { logger } = options
  let handlers: PanelHandlers | null = null
  // Node looks only so often, by itself each 30 s.
  const server = createServer({
    maxHeaderSize: 16 * 1024,
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    connectionsCheckingInterval: 5_000,
  })
  server.maxConnections = 200
  const port = await listenOnLoopback(server, { host: options.host, port: options.port, setting: 'panel.port' })
  server.on('request', (request, response) => {
    secure(response)
    handle(handlers, request, response, port).catch((error: unknown) => {
      if (!(error instanceof AgentError)) logger.error({ error }, 'a request of the panel failed')
      refuse(request, response, error)
    })
  })
  return {
    port,
    serve: (given) => void (handlers = given),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function handle(handlers: PanelHandlers | null, request: IncomingMessage, response: ServerResponse, port: number): Promise<void> {
  if (foreignness(request, port) !== null)
    throw panelError('foreign_origin', 'Only the panel itself, by its own address on this machine, may ask.')
  const path = (request.url ?? '').split('?', 1)[0] ?? ''
  if (handlers === null) return void response.writeHead(503).end()
  if (path.startsWith('/api/')) await handlers.api(request, response, path)
  else await handlers.pages(request, response, path)
}

function secure(response: ServerResponse): void {
  response.setHeader('x-content-type-options', 'nosniff')
  response.setHeader('referrer-policy', 'no-referrer')
  response.setHeader('cross-origin-opener-policy', 'same-origin')
  response.setHeader('cross-origin-resource-policy', 'same-origin')
  response.setHeader('x-frame-options', 'DENY')
}

function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.destroy()
  const problem = panelProblem(error)
  response.shouldKeepAlive = false
  response.writeHead(problem.status, { 'content-type': 'application/problem+json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(problem))
  request.resume()
}
