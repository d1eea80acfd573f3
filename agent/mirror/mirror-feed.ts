import type { ServerResponse } from 'node:http'
import type { Clock, Timer } from '../basics/clock.ts'
import type { MirroredPage, Pages } from './pages.ts'
import type { SeenAssets } from './seen-assets.ts'
import type { SeenRequests } from './seen-requests.ts'
import { assetBody, pageBody, requestBody } from './told-bodies.ts'

export interface MirrorFeed {
  /** Serves `GET /api/mirror` (panel-api-mirror.ts) until the reader goes. */
  open(response: ServerResponse): void
  close(): void
}

export interface MirrorFeedOptions {
  readonly pages: Pages
  readonly requests: SeenRequests
  readonly assets: SeenAssets
  readonly clock: Clock
  /** Of the listener of the mirror page. */
  readonly port: number
  readonly title: (service: string) => string
  readonly onReaders: (count: number) => void
}

interface Reader {
  readonly response: ServerResponse
  /** The last batch that was written of each page; of the page itself, since its id may come again. */
  readonly sent: WeakMap<MirroredPage, number>
  pagesDue: boolean
  revision: number
  /** The last asset that was written. */
  asset: number
  planned: boolean
}

const heartbeatMs = 5_000
const mostReaders = 4

/** Nothing is queued for a reader but what its socket takes: each reads what is kept, at its own pace, and finds a fresh start where that is gone. */
export function createMirrorFeed({ pages, requests, assets, clock, port, title, onReaders }: MirrorFeedOptions): MirrorFeed {
  const readers = new Set<Reader>()
  let heartbeat: Timer | undefined

  const pump = (reader: Reader): void => {
    const { response } = reader
    if (response.destroyed || response.writableNeedDrain) return
    const list = pages.list()
    if (reader.pagesDue) {
      reader.pagesDue = false
      write(response, 'pages', JSON.stringify(list.map(pageBody)))
    }
    for (const { revision, request } of requests.changedAfter(reader.revision)) {
      reader.revision = revision
      if (!write(response, 'request', JSON.stringify(requestBody(request, title)))) return
    }
    for (const asset of assets.list()) {
      if (asset.n <= reader.asset) continue
      reader.asset = asset.n
      if (!write(response, 'asset', JSON.stringify(assetBody(asset)))) return
    }
    for (const page of list) if (!sendPage(reader, page)) return
  }
  const plan = (reader: Reader): void => {
    if (reader.planned) return
    reader.planned = true
    setImmediate(() => {
      reader.planned = false
      pump(reader)
    })
  }
  const beat = (): void => {
    for (const { response } of readers) if (!response.writableNeedDrain) response.write(': .\n\n')
    heartbeat = readers.size > 0 ? clock.after(heartbeatMs, beat) : undefined
  }
  const stops = [
    pages.follow((what) => {
      for (const reader of readers) {
        if (what === 'pages') reader.pagesDue = true
        plan(reader)
      }
    }),
    assets.follow(() => {
      for (const reader of readers) plan(reader)
    }),
    requests.follow(() => {
      for (const reader of readers) plan(reader)
    }),
  ]
  return {
    open: (response) => {
      for (const oldest of readers) {
        if (readers.size < mostReaders) break
        readers.delete(oldest)
        oldest.response.destroy()
      }
      const reader: Reader = { response, sent: new WeakMap(), pagesDue: true, revision: 0, asset: 0, planned: false }
      readers.add(reader)
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
      response.on('close', () => {
        readers.delete(reader)
        onReaders(readers.size)
      })
      onReaders(readers.size)
      response.on('drain', () => pump(reader))
      write(response, 'begin', JSON.stringify({ wanted: pages.wanted, port }))
      pump(reader)
      pages.looked()
      heartbeat ??= clock.after(heartbeatMs, beat)
    },
    close: () => {
      for (const stop of stops) stop()
      heartbeat?.cancel()
      for (const { response } of readers) response.destroy()
    },
  }
}

/** Whether there is room for more. */
function sendPage({ response, sent }: Reader, page: MirroredPage): boolean {
  const { id, kept } = page
  const first = kept[0]?.n ?? 0
  const from = Math.max(0, (sent.get(page) ?? 0) + 1 - first)
  for (const { n, atMs, bytes } of kept.slice(from)) {
    sent.set(page, n)
    response.write(`event: batch\ndata: {"page":"${id}","n":${n},"at":${atMs},"fresh":${n === first},"batch":`)
    response.write(bytes)
    if (!response.write('}\n\n')) return false
  }
  return true
}

function write(response: ServerResponse, event: string, data: string): boolean {
  return response.write(`event: ${event}\ndata: ${data}\n\n`)
}
