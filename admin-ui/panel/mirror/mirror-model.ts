import type {
  PanelMirrorAsset,
  PanelMirrorBatch,
  PanelMirrorBegin,
  PanelMirrorPages,
  PanelMirrorRequest,
} from '../../../agent/panel/panel-api.ts'
import type { StreamEvent } from '../../look/read-event-stream.ts'
import { createBoundedAssets } from '../../mirror/bounded-assets.ts'
import type { ToMirror } from '../../mirror/messages.ts'
import { createStepReader } from './read-steps.ts'
import type { Step, StepReader } from './read-steps.ts'

export interface MirrorView {
  readonly begin: PanelMirrorBegin | null
  readonly pages: PanelMirrorPages
  /** Whose picture stands, or null. */
  readonly shown: string | null
  /** Whose picture should stand, or null. */
  readonly wanted: string | null
  /** Chosen by the operator; null: the newest page. */
  readonly chosen: string | null
  readonly steps: readonly Step[]
  readonly requests: readonly PanelMirrorRequest[]
}

/** What the panel knows of the mirror of one session. */
export interface MirrorModel {
  hear(event: StreamEvent): void
  /** The picture needs a fresh start: the stream is to be opened anew. */
  readonly onRestart: { set(run: () => void): void }
  choose(page: string | null): void
  /** Where the events of the shown page go; null: nowhere yet. */
  drawOn(sink: ((message: ToMirror) => void) | null): void
  view(): MirrorView
}

const mostSteps = 300
const mostRequests = 400

interface KnownPage {
  readonly reader: StepReader
  readonly openedAt: number
  lastN: number
}

/** `onChange` with true: somebody waits to see it. */
export const createMirrorModel = (onChange: (now: boolean) => void): MirrorModel => {
  let begin: PanelMirrorBegin | null = null
  let pages: PanelMirrorPages = []
  let chosen: string | null = null
  let shown: string | null = null
  let sink: ((message: ToMirror) => void) | null = null
  let restart = (): void => {}
  /** Those that told something. */
  const known = new Map<string, KnownPage>()
  const steps = new Map<string, Step>()
  /** Kept for a frame that begins anew. */
  const assets = createBoundedAssets<PanelMirrorAsset>()
  const requests = new Map<number, PanelMirrorRequest>()

  const target = (): string | null => {
    if (chosen !== null) return chosen
    return (
      pages
        .filter(({ id, hole }) => known.has(id) || hole !== null)
        .toSorted((a, b) => a.opened_at - b.opened_at)
        .at(-1)?.id ?? null
    )
  }
  const hearPages = (list: PanelMirrorPages): void => {
    pages = list
    const there = (id: string): boolean => list.some((page) => page.id === id)
    for (const [id, { openedAt }] of known) if (list.find((page) => page.id === id)?.opened_at !== openedAt) known.delete(id)
    if (chosen !== null && !there(chosen)) chosen = null
    if (shown === null || there(shown)) return
    // The picture of a page that is gone stays until the next one comes: mostly he went from one to the other.
    shown = null
    if (target() !== null) restart()
  }
  const hearBatch = (batch: PanelMirrorBatch): void => {
    const page = pages.find(({ id }) => id === batch.page)
    if (page === undefined) return
    const one = known.get(page.id) ?? { reader: createStepReader(`${page.id} ${page.opened_at}`), openedAt: page.opened_at, lastN: 0 }
    known.set(page.id, one)
    if (batch.n > one.lastN) {
      one.lastN = batch.n
      for (const step of one.reader.read(batch, page.told?.title ?? null)) steps.set(step.key, step)
      trim(steps, mostSteps)
    }
    if (sink === null || target() !== page.id || (shown !== page.id && !batch.fresh)) return
    shown = page.id
    sink({ kind: 'events', fresh: batch.fresh, service: page.service, events: batch.batch.events })
  }
  return {
    hear: ({ name, data }) => {
      const body: unknown = JSON.parse(data)
      if (name === 'begin') {
        begin = body as PanelMirrorBegin
        shown = null
        // The agent tells all that it holds of the session that lives now; what came before may be of another one.
        assets.clear()
        sink?.({ kind: 'forget' })
      } else if (name === 'pages') hearPages(body as PanelMirrorPages)
      else if (name === 'batch') hearBatch(body as PanelMirrorBatch)
      else if (name === 'asset') {
        const asset = body as PanelMirrorAsset
        assets.put(asset.service, asset.path, asset)
        sink?.({ kind: 'asset', asset })
      } else if (name === 'request') {
        const request = body as PanelMirrorRequest
        requests.set(request.n, request)
        trim(requests, mostRequests)
      }
      onChange(false)
    },
    onRestart: { set: (run) => void (restart = run) },
    choose: (page) => {
      chosen = page
      restart()
      onChange(true)
    },
    drawOn: (given) => {
      sink = given
      shown = null
      for (const asset of assets.list()) sink?.({ kind: 'asset', asset })
      if (given !== null) restart()
    },
    view: () => ({ begin, pages, shown, wanted: target(), chosen, steps: [...steps.values()], requests: [...requests.values()] }),
  }
}

const trim = (map: Map<unknown, unknown>, most: number): void => {
  for (const oldest of map.keys()) {
    if (map.size <= most) return
    map.delete(oldest)
  }
}
