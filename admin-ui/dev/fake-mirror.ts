import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { PanelMirrorBatch, PanelMirrorPages, PanelMirrorRequest, RecordedEntry } from '../../agent/panel/panel-api.ts'

/** What the fake tells of the mirror. */
export interface FakeMirrorScene {
  readonly wanted?: boolean
  readonly pages?: PanelMirrorPages
  readonly batches?: readonly PanelMirrorBatch[]
  readonly requests?: readonly PanelMirrorRequest[]
}

/** `GET /api/mirror` and the page in the frame, as the agent serves them. */
export const startFakeMirror = async ({ pagesDir, panelOrigin }: { readonly pagesDir: string; readonly panelOrigin: string }) => {
  const streams = new Set<ServerResponse>()
  let scene: FakeMirrorScene = {}
  const server = createServer((request, response) => {
    serveMirrorPage({ pagesDir, panelOrigin, path: request.url ?? '/' }, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const write = (response: ServerResponse, event: string, data: unknown): void =>
    void response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
  const open = (response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    streams.add(response)
    response.on('close', () => streams.delete(response))
    const { wanted = true, pages = [], batches = [], requests = [] } = scene
    write(response, 'begin', { wanted, port })
    write(response, 'pages', pages)
    for (const request of requests) write(response, 'request', request)
    for (const batch of batches) write(response, 'batch', batch)
  }
  /** The scene as if it had been recorded; its events over 20 s. */
  const recorded = (): { readonly next: null; readonly port: number; readonly entries: readonly RecordedEntry[] } => {
    const { pages = [], batches = [], requests = [] } = scene
    const startAt = Math.min(...requests.map(({ at }) => at), pages.at(-1)?.opened_at ?? 0) - 1_000
    const entries: RecordedEntry[] = [
      {
        at: startAt,
        kind: 'begin',
        v: 1,
        session: 'ses_9',
        technician: { id: 'per_1', name: 'Mia Bauer', organisation: 'Northwind Service' },
        purpose: 'The feeder stops',
        ticket: null,
      },
      { at: startAt + 1, kind: 'pages', pages },
    ]
    for (const { page, n, batch } of batches) {
      // The first two are the size and the whole picture.
      const [meta, picture, ...later] = batch.events
      entries.push({ at: startAt + 10, kind: 'batch', page, n, fresh: true, batch: { events: [meta, picture] } })
      for (const [place, event] of later.entries())
        entries.push({ at: startAt + 1_000 + 500 * place, kind: 'batch', page, n: n + place + 1, fresh: false, batch: { events: [event] } })
    }
    for (const request of requests) entries.push({ at: request.at, kind: 'request', request })
    const ordered = entries.toSorted((a, b) => a.at - b.at)
    return { next: null, port, entries: [...ordered, { at: (ordered.at(-1)?.at ?? 0) + 20_000, kind: 'end' }] }
  }
  return {
    recorded,
    origin: `http://127.0.0.1:${port}`,
    open,
    /** For whoever opens the panel from now on. */
    set: (next: FakeMirrorScene): void => void (scene = next),
    close: (): void => {
      for (const stream of streams) stream.destroy()
      server.closeAllConnections()
      server.close()
    },
  }
}

const serveMirrorPage = async (
  { pagesDir, panelOrigin, path }: { readonly pagesDir: string; readonly panelOrigin: string; readonly path: string },
  response: ServerResponse,
): Promise<void> => {
  const isScript = /^\/assets\/[\w.-]+$/u.test(path)
  const content = await readFile(join(pagesDir, isScript ? path : 'index.html'), 'utf8')
  response.writeHead(200, {
    'content-type': isScript ? 'text/javascript' : 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; connect-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors ${panelOrigin}`,
  })
  response.end(content.replaceAll('__PANEL_ORIGIN__', panelOrigin))
}
