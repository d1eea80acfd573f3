import type { LiveSession } from '../approvals/approval-state.ts'
import type { Clock } from '../basics/clock.ts'
import { createMirrorFeed } from './mirror-feed.ts'
import type { MirrorFeed } from './mirror-feed.ts'
import { createPages } from './pages.ts'
import type { Pages } from './pages.ts'
import { createSeenRequests } from './seen-requests.ts'
import type { SeenRequests } from './seen-requests.ts'
import { createWatchNews } from './watch-news.ts'

export interface Mirror {
  readonly pages: Pages
  readonly requests: SeenRequests
  readonly open: MirrorFeed['open']
  /** Somebody at the machine has the pages of the live session before him. */
  readonly watched: boolean
  /** The live session or how it goes on may have changed. */
  sessionChanged(): void
  close(): void
}

export interface MirrorOptions {
  readonly wanted: boolean
  readonly live: () => LiveSession | null
  readonly clock: Clock
  /** Of the listener of the mirror page. */
  readonly port: number
  readonly title: (service: string) => string
  /** The live session is watched, or not any more. */
  readonly onWatched: (session: string, watched: boolean) => void
}

export function createMirror({ wanted, live, clock, port, title, onWatched }: MirrorOptions): Mirror {
  const requests = createSeenRequests({ mirrored: wanted, clock, liveSession: () => live()?.id ?? null })
  const pages = createPages({ wanted, live, clock, onAct: requests.acted })
  const news = createWatchNews({ clock, liveSession: () => live()?.id ?? null, tell: onWatched })
  const feed = createMirrorFeed({ pages, requests, clock, port, title, onReaders: news.readers })
  return {
    pages,
    requests,
    open: feed.open,
    get watched() {
      return wanted && news.watched
    },
    sessionChanged: () => {
      pages.sessionChanged()
      requests.sessionChanged()
      if (wanted) news.sessionChanged()
    },
    close: feed.close,
  }
}
