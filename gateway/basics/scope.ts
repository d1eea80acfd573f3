import type { OrganisationId } from './ids.ts'

/**
 * Whose rows a store may touch. Every store method takes one, so that no query can forget whose data it reads.
 * `installation` is the service organisation's own view and the gateway's own work; `organisation` sees only its own rows.
 */
export type Scope = { readonly kind: 'installation' } | { readonly kind: 'organisation'; readonly id: OrganisationId }

export const wholeInstallation: Scope = { kind: 'installation' }
export const scopeOf = (id: OrganisationId): Scope => ({ kind: 'organisation', id })
