import type { OrganisationId, PersonId } from '../basics/ids.ts'

export const roles = ['technician', 'security_team', 'service_administrator', 'auditor', 'customer_administrator'] as const
/** What a person may do at the portal. Access to machines is decided by policy from the facts, never by a role alone. A `customer_administrator` has only his own organisation's machines. */
export type Role = (typeof roles)[number]

export interface Organisation {
  readonly id: OrganisationId
  readonly name: string
  readonly kind: 'service' | 'customer'
}

export interface Training {
  readonly productLine: string
  /** 1 basic, 2 advanced, 3 expert. */
  readonly level: number
  /** Unix seconds. */
  readonly validUntil: number
}

/** Facts about one person, keyed by the (`iss`, `sub`) of an OpenID provider. Credentials, factors and photo are the provider's. */
export interface Person {
  readonly id: PersonId
  readonly organisationId: OrganisationId
  readonly issuer: string
  readonly subject: string
  /** Copies of what the provider reports, for lists and requests. */
  readonly username: string
  readonly name: string
  readonly photoSha256: string | null
  readonly status: 'active' | 'disabled'
  readonly roles: readonly Role[]
  readonly regions: readonly string[]
  readonly permissions: readonly string[]
  readonly trainings: readonly Training[]
  readonly undertaking: { readonly version: string; readonly acceptedAt: number } | null
  readonly createdAt: number
  /** Rises by one with each change; a change of another version is a conflict. */
  readonly version: number
}
