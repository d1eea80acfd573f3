import type { DeviceId, GrantRequestId, OrganisationId, PersonId } from '../basics/ids.ts'
import type { Page, PageRequest } from '../basics/page.ts'
import type { Scope } from '../basics/scope.ts'
import type { NewEvent } from '../ledger/event.ts'
import type { Role } from '../people/person.ts'
import type { GrantRequest } from './grant-request.ts'

export interface GrantRequestFilter {
  readonly person?: PersonId
  readonly device?: DeviceId
  /** On the list of somebody with these roles in this organisation. */
  readonly list?: { readonly roles: readonly Role[]; readonly organisation: OrganisationId }
  readonly open?: boolean
}

/** Newest first. */
export interface GrantRequestStore {
  /** @throws CodedError `grant_request_exists`: the same is open already */
  insert(request: GrantRequest, events: readonly NewEvent[]): Promise<void>
  /** Ends an open one. @throws CodedError `stale_version`: it is open no more */
  end(scope: Scope, request: GrantRequest, events: readonly NewEvent[]): Promise<void>
  find(scope: Scope, id: GrantRequestId): Promise<GrantRequest | undefined>
  list(scope: Scope, filter: GrantRequestFilter, page: PageRequest): Promise<Page<GrantRequest>>
  /** How many there are, of those asked at or after `sinceS`. */
  count(scope: Scope, filter: GrantRequestFilter & { readonly sinceS?: number }): Promise<number>
}
