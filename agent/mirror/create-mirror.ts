import type { LiveSession } from '../approvals/approval-state.ts'
import type { Clock } from '../basics/clock.ts'
import { createMirrorFeed } from './mirror-feed.ts'
import type { MirrorFeed } from './mirror-feed.ts'
import { createPages } from './pages.ts'
import type { Pages } from './pages.ts'
import { createSeenAssets } from './seen-assets.ts'
import type { SeenAssets } from './seen-assets.ts'
import { createSeenRequests } from './seen-requests.ts'
import type { SeenRequest, SeenRequests } from './seen-requests.ts'
import { createWatchNews } from './watch-news.ts'

export interface Mirror {
  readonly pages: Pages
  readonly requests: SeenRequests
  readonly assets: SeenAssets
  readonly open: MirrorFeed['open']
  /** Somebody at the machine has the pages of the live session before him. */
  readonly watched: boolean
  /** The live session or how it goes on may have changed. */
  sessionChanged(): void
  close(): void
}

export interface MirrorOptions {
  /** As the customer lets the pages of a service be mirrored. */
  readonly isMirrored: (service: string) => boolean
  /** Whether those of any service are, by the setting at the machine. */
  readonly wanted: boolean
  /** A request that changes something and that nothing explains, of a session that stands still at it: holds when it returns. */
  readonly onUnexplained: (request: SeenRequest) => void
  readonly live: () => LiveSession | null
  readonly clock: Clock
  /** Of the listener of the mirror page. */
  readonly port: number
  readonly title: (service: string) => string
  /** The live session is watched, or not any more. */
  readonly onWatched: (session: string, watched: boolean) => void
}

export function createMirror({ wanted, isMirrored, live, clock, port, title, onWatched, onUnexplained }: MirrorOptions): Mirror {
  const requests = createSeenRequests({ isMirrored, clock, live, onUnexplained })
  const assets = createSeenAssets({ isMirrored, liveSession: () => live()?.id ?? null })
  const pages = createPages({ wanted, isMirrored, live, clock, onAct: requests.acted })
  const news = createWatchNews({ clock, liveSession: () => live()?.id ?? null, tell: onWatched })
  const feed = createMirrorFeed({ pages, requests, assets, clock, port, title, onReaders: news.readers })
  return {
    pages,
    requests,
    assets,
    open: feed.open,
    get watched() {
      return wanted && news.watched
    },
    sessionChanged: () => {
      pages.sessionChanged()
      requests.sessionChanged()
      assets.sessionChanged()
      if (wanted) news.sessionChanged()
    },
    close: feed.close,
  }
}
