import type { DeviceId, OrganisationId, PersonId, SessionId } from '../basics/ids.ts'
import type { Page, PageRequest } from '../basics/page.ts'
import type { Scope } from '../basics/scope.ts'
import type { NewEvent } from '../ledger/event.ts'
import type { Session, SessionState } from './session.ts'

export interface SessionFilter {
  readonly person?: PersonId
  readonly device?: DeviceId
  readonly organisation?: OrganisationId
  readonly state?: SessionState
  /** Only those that have not ended. */
  readonly live?: boolean
}

/** Errors: `stale_version` (conflict). Newest request first in lists. */
export interface SessionStore {
  insert(session: Session, events: readonly NewEvent[]): Promise<void>
  /** `session.version` is the new version; the row must have the one before. An ended session never changes (the database guards it). */
  update(session: Session, events: readonly NewEvent[]): Promise<void>
  find(scope: Scope, id: SessionId): Promise<Session | undefined>
  list(scope: Scope, filter: SessionFilter, page: PageRequest): Promise<Page<Session>>
  /** All that have not ended: read at start. */
  listLive(): Promise<readonly Session[]>
}
