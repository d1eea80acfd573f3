import type { LiveSession } from '../approvals/approval-state.ts'
import type { Clock } from '../basics/clock.ts'
import { createMirrorFeed } from './mirror-feed.ts'
import type { MirrorFeed } from './mirror-feed.ts'
import { createPages } from './pages.ts'
import type { Pages } from './pages.ts'
import { createSeenRequests } from './seen-requests.ts'
import type { SeenRequests } from './seen-requests.ts'

export interface Mirror {
  readonly pages: Pages
  readonly requests: SeenRequests
  readonly open: MirrorFeed['open']
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
}

export function createMirror({ wanted, live, clock, port, title }: MirrorOptions): Mirror {
  const requests = createSeenRequests({ mirrored: wanted, clock, liveSession: () => live()?.id ?? null })
  const pages = createPages({ wanted, live, clock, onAct: requests.acted })
  const feed = createMirrorFeed({ pages, requests, clock, port, title })
  return {
    pages,
    requests,
    open: feed.open,
    sessionChanged: () => {
      pages.sessionChanged()
      requests.sessionChanged()
    },
    close: feed.close,
  }
}
