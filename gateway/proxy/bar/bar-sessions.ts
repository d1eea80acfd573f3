import type { ServiceName, SessionId } from '../../basics/ids.ts'
import type { BarView } from './bar-view.ts'

/** What the gateway's sessions know of it; the proxy adds addresses and its clock. */
export type BarFacts = Omit<BarView, 'page_origin' | 'portal_url' | 'now_ms'>

/** The session behind a bar. Who may have that bar was checked when its code was made, and is by its cookie. */
export interface BarSessions {
  /** `undefined` for a session that does not exist. */
  facts(id: SessionId, service: ServiceName): Promise<BarFacts | undefined>
  /** Calls whenever the facts may have changed; gives back the way to stop that. */
  follow(id: SessionId, onChange: () => void): () => void
  /** Errors: as those of the portal's chat, and `message_invalid`. */
  say(id: SessionId, text: string): Promise<void>
  /** The technician leaves. Of a session that is over already nothing changes. */
  end(id: SessionId): Promise<void>
  /** Counts a request of the technician of this session; false: there are too many a second. */
  countRequest(id: SessionId): boolean
}
