import type { ToMirror } from '../../mirror/messages.ts'
import { countUntil } from './recording-index.ts'
import type { AssetMoment, ListedPage, Moment, RecordingIndex } from './recording-index.ts'
import type { RecordingParts } from './recording-parts.ts'

/** Plays a recording into the page that draws: which page of the technician's stands there, and up to which moment. */
export interface ReplayPlayer {
  /** Where the pictures go; null: nowhere yet. */
  drawOn(sink: ((message: ToMirror) => void) | null): void
  /** Unix milliseconds of the recording. */
  seek(at: number): void
  play(on: boolean): void
  setSpeed(times: number): void
  skipIdle(on: boolean): void
  /** So much time went by. */
  tick(elapsedMs: number): void
  readonly at: number
  readonly playing: boolean
  /** Whether a page stands in the picture. */
  readonly hasPicture: boolean
}

export interface ReplayPlayerOptions {
  readonly index: RecordingIndex
  readonly parts: Pick<RecordingParts, 'entriesOf'>
  /** Whether all of it is in the index. */
  readonly isRead: () => boolean
}

/** Longer without an act is idle; so much of it is left at each end. */
const idleMs = 4_000
const aroundActMs = 1_000
/** In one message to the page that draws. */
const mostEvents = 2_000

export const createReplayPlayer = ({ index, parts, isRead }: ReplayPlayerOptions): ReplayPlayer => {
  let sink: ((message: ToMirror) => void) | null = null
  let at = 0
  let playing = false
  let speed = 1
  let skips = true
  /** Moments before it are drawn. */
  let cursor = 0
  let shown: string | null = null
  let pages: readonly ListedPage[] = []
  /** Assets before it are given, and so stands each path. */
  let assetCursor = 0
  let given = new Map<string, AssetMoment>()
  /** Something is needed that is being read; time stands still meanwhile. */
  let waits = false
  /** For the picture that is to be drawn: of all parts that it needs, some may be forgotten before the last one is there. */
  let gathered = new Map<number, readonly unknown[]>()

  const eventsOf = ({ part, place }: Moment): readonly unknown[] | null => {
    const entries = parts.entriesOf(part, () => {
      if (!waits) return
      waits = false
      redraw()
    })
    if (entries === null) waits = true
    const entry = entries?.[place]
    return entry?.kind === 'batch' ? entry.batch.events : null
  }
  /** Of those that told a whole picture the one that was opened last. */
  const newest = (): string | null =>
    pages
      .filter(({ id }) => lastFresh(id, cursor) !== -1)
      .toSorted((a, b) => a.openedAt - b.openedAt)
      .at(-1)?.id ?? null
  /** Draws the picture as it was at `at`, from the last whole one before. */
  const redraw = (): void => {
    if (sink === null) return
    giveAssetsAnew()
    cursor = countUntil(index.moments, at, timeOf)
    const listed = index.moments.slice(0, cursor).findLast((moment) => 'pages' in moment)
    pages = listed !== undefined && 'pages' in listed ? listed.pages : []
    const page = newest()
    const from = page === null ? -1 : lastFresh(page, cursor)
    if (page === null || from === -1) {
      shown = null
      sink({ kind: 'clear' })
      return
    }
    const batches: (readonly unknown[])[] = []
    for (let one = from; one < cursor; one += 1) {
      const moment = index.moments[one]!
      if (!('page' in moment) || moment.page !== page) continue
      const events = gathered.get(one) ?? eventsOf(moment)
      if (events === null) return
      gathered.set(one, events)
      batches.push(events)
    }
    gathered = new Map()
    shown = page
    send(batches)
  }
  const serviceOf = (page: string | null): string => pages.find(({ id }) => id === page)?.service ?? ''
  const giveAssets = (): void => {
    const until = countUntil(index.assets, at, timeOf)
    for (; assetCursor < until; assetCursor += 1) giveAsset(index.assets[assetCursor]!)
  }
  const giveAsset = (asset: AssetMoment): void => {
    const { service, path, of } = asset
    const key = `${service} ${path}`
    const before = given.get(key)
    given.set(key, asset)
    if (before?.of !== of) sink?.({ kind: 'asset', asset: { service, path, data: index.assetData(of) } })
  }
  /** What came later than the moment that is to be drawn must not be in its picture, nor what it became later. */
  const giveAssetsAnew = (): void => {
    const until = countUntil(index.assets, at, timeOf)
    if (until >= assetCursor) return giveAssets()
    const stands = new Map(index.assets.slice(0, until).map((asset) => [`${asset.service} ${asset.path}`, asset]))
    for (const [key, asset] of given) if (!stands.has(key)) giveAsset({ ...asset, of: null })
    for (const asset of stands.values()) giveAsset(asset)
    given = stands
    assetCursor = until
  }
  const send = (batches: readonly (readonly unknown[])[]): void => {
    let fresh = true
    let events: unknown[] = []
    for (const batch of batches) {
      events.push(...batch)
      if (events.length < mostEvents) continue
      sink?.({ kind: 'events', fresh, service: serviceOf(shown), events })
      events = []
      fresh = false
    }
    if (events.length > 0) sink?.({ kind: 'events', fresh, service: serviceOf(shown), events })
  }
  const lastFresh = (page: string, before: number): number => {
    for (let one = before - 1; one >= 0; one -= 1) {
      const moment = index.moments[one]!
      if ('page' in moment && moment.page === page && moment.fresh) return one
    }
    return -1
  }
  /** Draws what came up to `at`; from anew where another page is to be seen. */
  const goOn = (): void => {
    const until = countUntil(index.moments, at, timeOf)
    for (; cursor < until; cursor += 1) {
      const moment = index.moments[cursor]!
      if ('pages' in moment) {
        pages = moment.pages
        if (shown === null || pages.some(({ id }) => id === shown)) continue
        // The picture of a page that is gone stays until the next one comes: mostly he went from one to the other.
        shown = null
        if (newest() !== null) return redraw()
        continue
      }
      if (moment.page !== shown) {
        const opened = (id: string | null): number => pages.find((page) => page.id === id)?.openedAt ?? -1
        if (moment.fresh && opened(moment.page) >= opened(shown)) return redraw()
        continue
      }
      const events = eventsOf(moment)
      if (events === null) return
      sink?.({ kind: 'events', fresh: moment.fresh, service: serviceOf(shown), events })
    }
  }
  const afterIdle = (): number => {
    const done = countUntil(index.acts, at, (act) => act)
    const before = index.acts[done - 1] ?? index.startAt
    const next = index.acts[done] ?? index.endAt
    return next - at > idleMs && at - before > aroundActMs ? next - aroundActMs : at
  }
  return {
    drawOn: (to) => {
      sink = to
      assetCursor = 0
      given = new Map()
      redraw()
    },
    seek: (to) => {
      at = Math.min(index.endAt, Math.max(index.startAt, to))
      waits = false
      gathered = new Map()
      redraw()
    },
    play: (on) => {
      if (on && at >= index.endAt) {
        at = index.startAt
        redraw()
      }
      playing = on
    },
    setSpeed: (times) => void (speed = times),
    skipIdle: (on) => void (skips = on),
    tick: (elapsedMs) => {
      if (!playing || waits) return
      at = Math.min(index.endAt, Math.max(at, index.startAt) + elapsedMs * speed)
      if (skips) at = Math.max(at, afterIdle())
      if (at >= index.endAt && isRead()) playing = false
      if (sink !== null) giveAssets()
      goOn()
    },
    get at() {
      return Math.max(at, index.startAt)
    },
    get playing() {
      return playing
    },
    get hasPicture() {
      return shown !== null
    },
  }
}

const timeOf = ({ at }: { readonly at: number }): number => at
