import type { LiveSession } from '../approvals/approval-state.ts'
import type { Clock } from '../basics/clock.ts'
import { mostPages } from '../wire/mirror.ts'
import type { MirrorOrder } from '../wire/mirror.ts'
import type { PageHeader, PageHole, ReadBatch } from './read-batch.ts'

/** One batch of a page, as it goes to the panel. */
export interface KeptBatch {
  /** Counts the batches of a page, without a gap. */
  readonly n: number
  /** Unix milliseconds, when it came here. */
  readonly atMs: number
  /** JSON of a {@link RecordedBatch}. */
  readonly bytes: Buffer
}

export interface MirroredPage {
  readonly id: string
  /** Whose page it is, as the gateway says. */
  readonly service: string
  readonly openedAtMs: number
  readonly header: PageHeader | null
  readonly hole: PageHole | null
  /** Begins with a full snapshot; empty while none is there. */
  readonly kept: readonly KeptBatch[]
}

export type PageRefusal = 'no_session' | 'not_wanted' | 'too_many_pages'

export interface PageIntake {
  take(batch: ReadBatch): void
  close(): void
}

export interface Pages {
  /** The customer's setting. */
  readonly wanted: boolean
  /** Of the live session, the oldest first. */
  list(): readonly MirroredPage[]
  /** A page begins to tell. `order` reaches its recorder; `end` ends its stream. */
  open(session: string, page: { readonly id: string; readonly service: string }, way: PageWay): PageIntake | PageRefusal
  /** Somebody looks: a page of which nothing is kept is asked for a snapshot. */
  looked(): void
  /** The session or how it goes on may have changed. */
  sessionChanged(): void
  /** `pages`: which there are; `batch`: one more came. */
  follow(changed: (what: 'pages' | 'batch') => void): () => void
}

export interface PageWay {
  readonly order: (order: MirrorOrder) => void
  readonly end: () => void
}

export interface PagesOptions {
  readonly wanted: boolean
  readonly isMirrored: (service: string) => boolean
  readonly live: () => LiveSession | null
  readonly clock: Clock
  /** Somebody did something at a page. */
  readonly onAct: (session: string) => void
}

/** So much behind a snapshot is worth another one. */
const mostTailBytes = 4 * 1024 * 1024
/** A recorder that gives none in spite of that is forgotten up to its next. */
const mostPageBytes = 12 * 1024 * 1024
const mostBytes = 32 * 1024 * 1024
const askAgainMs = 2_000

interface Page {
  readonly id: string
  readonly session: string
  readonly service: string
  readonly openedAtMs: number
  readonly way: PageWay
  header: PageHeader | null
  hole: PageHole | null
  kept: KeptBatch[]
  bytes: number
  tailBytes: number
  nextN: number
  askedAtMs: number | null
  lastAtMs: number
  /** Something of it was not taken: what is kept is no longer what he sees. */
  gap: boolean
}

export function createPages({ wanted, isMirrored, live, clock, onAct }: PagesOptions): Pages {
  const pages = new Map<string, Page>()
  const followers = new Set<(what: 'pages' | 'batch') => void>()
  const tell = (what: 'pages' | 'batch'): void => {
    for (const changed of followers) changed(what)
  }
  const ask = (page: Page): void => {
    const now = clock.monotonicMs()
    if (page.askedAtMs !== null && now - page.askedAtMs < askAgainMs) return
    page.askedAtMs = now
    page.way.order({ order: 'snapshot' })
  }
  const forget = (page: Page): void => {
    page.kept = []
    page.bytes = 0
    page.tailBytes = 0
    page.gap = false
  }
  const isTaken = (page: Page): boolean => live()?.id === page.session && live()?.paused === false

  const keep = (page: Page, batch: ReadBatch): void => {
    if (page.gap || batch.startsFresh) forget(page)
    // Of a page that nobody records there will be none.
    if (page.kept.length === 0 && !batch.startsFresh) return page.hole === null ? ask(page) : undefined
    page.kept.push({ n: page.nextN, atMs: clock.nowMs(), bytes: batch.bytes })
    page.nextN += 1
    page.bytes += batch.bytes.length
    if (!batch.startsFresh) page.tailBytes += batch.bytes.length
    if (page.bytes > mostPageBytes) forget(page)
    if (page.tailBytes > mostTailBytes || page.kept.length === 0) ask(page)
    makeRoom(page)
  }
  /** The page that was silent the longest goes first; the newest batch never does. */
  const makeRoom = (newest: Page): void => {
    const others = [...pages.values()].filter((page) => page !== newest && page.bytes > 0).toSorted((a, b) => a.lastAtMs - b.lastAtMs)
    let total = newest.bytes + others.reduce((sum, { bytes }) => sum + bytes, 0)
    for (const page of others) {
      if (total <= mostBytes) return
      total -= page.bytes
      forget(page)
    }
  }
  const drop = (page: Page): void => {
    if (pages.get(page.id) === page) pages.delete(page.id)
    forget(page)
    page.way.end()
    tell('pages')
  }

  return {
    wanted,
    list: () => [...pages.values()],
    open: (session, { id, service }, way) => {
      if (live()?.id !== session || live()?.services.includes(service) !== true) return 'no_session'
      if (!isMirrored(service)) return 'not_wanted'
      const before = pages.get(id)
      if (before !== undefined) drop(before)
      if (pages.size >= mostPages) return 'too_many_pages'
      const now = clock.nowMs()
      const page: Page = {
        id,
        session,
        service,
        openedAtMs: now,
        way,
        header: null,
        hole: null,
        kept: [],
        bytes: 0,
        tailBytes: 0,
        nextN: 1,
        askedAtMs: null,
        lastAtMs: now,
        gap: false,
      }
      pages.set(id, page)
      tell('pages')
      return {
        take: (batch) => {
          if (pages.get(id) !== page) return
          if (!isTaken(page)) {
            page.gap = true
            return
          }
          page.lastAtMs = clock.nowMs()
          if (batch.acts) onAct(session)
          const { header, hole } = page
          page.hole = batch.startsFresh ? batch.hole : (batch.hole ?? hole)
          page.header = batch.page ?? header
          if (!batch.empty) keep(page, batch)
          if (page.header !== header || page.hole !== hole) tell('pages')
          tell('batch')
        },
        close: () => {
          if (pages.get(id) === page) drop(page)
        },
      }
    },
    looked: () => {
      for (const page of pages.values()) if (page.kept.length === 0 && isTaken(page)) ask(page)
    },
    sessionChanged: () => {
      const session = live()
      for (const page of pages.values()) {
        if (session?.id !== page.session || !isMirrored(page.service)) drop(page)
        else if (!session.paused && page.gap) {
          forget(page)
          page.askedAtMs = null
          ask(page)
        }
      }
    },
    follow: (changed) => {
      followers.add(changed)
      return () => followers.delete(changed)
    },
  }
}
