import type { OrganisationId, PersonId } from '../basics/ids.ts'
import type { Page, PageRequest } from '../basics/page.ts'
import type { Scope } from '../basics/scope.ts'
import type { NewEvent } from '../ledger/event.ts'
import type { Organisation, Person, Role } from './person.ts'

export interface PersonFilter {
  /** Part of the name or user name, any case. */
  readonly search?: string
  readonly role?: Role
  readonly status?: Person['status']
  readonly organisation?: OrganisationId
}

/** Errors: `stale_version` (conflict), `person_exists` (conflict), `last_of_role` (conflict). */
export interface PeopleStore {
  insertOrganisation(organisation: Organisation, events: readonly NewEvent[]): Promise<void>
  findOrganisation(scope: Scope, id: OrganisationId): Promise<Organisation | undefined>
  listOrganisations(scope: Scope): Promise<readonly Organisation[]>
  insert(person: Person, events: readonly NewEvent[]): Promise<void>
  /**
   * `person.version` is the new version; the row must have the one before. With `keeps`, another active person of the organisation must
   * have that role in the moment of the change, else `last_of_role` (conflict).
   */
  update(scope: Scope, person: Person, events: readonly NewEvent[], condition?: { readonly keeps: Role }): Promise<void>
  find(scope: Scope, id: PersonId): Promise<Person | undefined>
  /** Those that exist, in any order; at most 500 are asked for. */
  findMany(scope: Scope, ids: readonly PersonId[]): Promise<readonly Person[]>
  findBySubject(issuer: string, subject: string): Promise<Person | undefined>
  list(scope: Scope, filter: PersonFilter, page: PageRequest): Promise<Page<Person>>
  /** Last number of the provider's feed that was carried out, and remembering it. */
  feedPosition(issuer: string): Promise<number>
  saveFeedPosition(issuer: string, position: number): Promise<void>
}
