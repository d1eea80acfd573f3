import type { DeviceId, GrantRequestId, OrganisationId, PersonId, ServiceName } from '../basics/ids.ts'
import type { Person, Role } from '../people/person.ts'

export const grantStates = ['open', 'granted', 'declined', 'withdrawn'] as const
export type GrantState = (typeof grantStates)[number]

/** What somebody was denied, and asks for from whoever can grant it. */
export interface GrantRequest {
  readonly id: GrantRequestId
  /** Of whoever asks. */
  readonly organisationId: OrganisationId
  readonly personId: PersonId
  /** What it is about; null: his rights in general, in the words of the note. */
  readonly about: { readonly deviceId: DeviceId; readonly service: ServiceName; readonly code: string } | null
  readonly note: string
  /** Whose list it is on. */
  readonly answeredByRole: Role
  /** Only those of this organisation: the customer whose machine it is. Null: of the whole installation. */
  readonly answeredByOrganisation: OrganisationId | null
  readonly state: GrantState
  /** Unix seconds. */
  readonly askedAt: number
  /** Null while it is open. `by` null: the reason against it is gone, whoever removed it. */
  readonly answer: { readonly at: number; readonly by: PersonId | null; readonly text: string } | null
}

/** Whether it is on the list of this person. */
export const isOnListOf = (request: Pick<GrantRequest, 'answeredByRole' | 'answeredByOrganisation'>, person: Person): boolean =>
  person.roles.includes(request.answeredByRole) &&
  (request.answeredByOrganisation === null || request.answeredByOrganisation === person.organisationId)
