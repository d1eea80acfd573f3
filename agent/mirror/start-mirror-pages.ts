import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from '../basics/logger.ts'
import type { Random } from '../basics/random.ts'
import { listenOnLoopback } from '../panel/listen-on-loopback.ts'
import { pageSource } from '../panel/page-source.ts'
import { foreignness } from '../panel/panel-guard.ts'
import { createPanelPages, sameHost } from '../panel/panel-pages.ts'
import type { AgentSettings } from '../settings/agent-settings.ts'

export interface MirrorPages {
  readonly port: number
  close(): Promise<void>
}

export interface StartMirrorPagesOptions {
  readonly panel: AgentSettings['panel']
  /** Of the panel that is running: the only one that may show the page. */
  readonly panelPort: number
  readonly random: Random
  readonly logger: Logger
}

/**
 * Serves the page that draws what the technician sees. That was made by the machine's pages, so it is drawn on an origin of its own, which holds
 * no secret, asks for nothing and is fed by the panel alone.
 *
 * @throws AgentError `panel_port_in_use`, `panel_unavailable`
 */
export async function startMirrorPages({ panel, panelPort, random, logger }: StartMirrorPagesOptions): Promise<MirrorPages> {
  const serve = createPanelPages({
    pages: pageSource(panel.pagesDir, 'mirror'),
    random,
    policy: ({ headers }) => mirrorPolicy(sameHost(headers.host, panelPort)),
    fill: (html, { headers }) => html.replaceAll('__PANEL_ORIGIN__', sameHost(headers.host, panelPort)),
  })
  const server = createServer({
    maxHeaderSize: 16 * 1024,
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    connectionsCheckingInterval: 5_000,
  })
  server.maxConnections = 50
  const port = await listenOnLoopback(server, { host: panel.host, port: panel.mirrorPort, setting: 'panel.mirrorPort' })
  server.on('request', (request, response) => {
    secure(response)
    answer(serve, request, response, port).catch((error: unknown) => {
      logger.error({ error }, 'a request for the page of the mirror failed')
      response.destroy()
    })
  })
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(
  serve: ReturnType<typeof createPanelPages>,
  request: IncomingMessage,
  response: ServerResponse,
  port: number,
): Promise<void> {
  if (foreignness(request, port, true) !== null) {
    response.shouldKeepAlive = false
    return void response.writeHead(403).end()
  }
  await serve(request, response, (request.url ?? '').split('?', 1)[0] ?? '')
}

/** Nothing of the mirrored page can be fetched, sent, framed or run; styles are inline, images in the events. */
function mirrorPolicy(panelOrigin: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'unsafe-inline'",
    'img-src data: blob:',
    'font-src data:',
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${panelOrigin}`,
  ].join('; ')
}

function secure(response: ServerResponse): void {
  response.setHeader('x-content-type-options', 'nosniff')
  response.setHeader('referrer-policy', 'no-referrer')
  response.setHeader('cross-origin-resource-policy', 'same-origin')
  response.setHeader('origin-agent-cluster', '?1')
  // Names in the mirrored page's links are not even looked up.
  response.setHeader('x-dns-prefetch-control', 'off')
}
