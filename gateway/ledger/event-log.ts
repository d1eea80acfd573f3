import type { DeviceId, OrganisationId, SessionId } from '../basics/ids.ts'
import type { Page, PageRequest } from '../basics/page.ts'
import type { Scope } from '../basics/scope.ts'
import type { EventType, NewEvent, RecordedEvent } from './event.ts'

/** Reading events, and appending those that belong to no other row. State changes pass their events to their own store. */
export interface EventLog {
  append(events: readonly NewEvent[]): Promise<void>
  list(
    scope: Scope,
    filter: { readonly device?: DeviceId; readonly organisation?: OrganisationId; readonly session?: SessionId; readonly type?: EventType },
    page: PageRequest,
  ): Promise<Page<RecordedEvent>>
}
