import { sql } from 'kysely'
import type { RawBuilder, SqlBool } from 'kysely'
import { CodedError } from '../basics/coded-error.ts'
import type { OrganisationId } from '../basics/ids.ts'
import type { Scope } from '../basics/scope.ts'

/** The one place where a scope becomes SQL: every query over rows with an owner has it in its WHERE. */
export function withinScope(scope: Scope): RawBuilder<SqlBool> {
  return scope.kind === 'installation' ? sql<SqlBool>`1 = 1` : sql<SqlBool>`organisation_id = ${scope.id}`
}

/** A change may not move a row out of its scope. */
export function assertWithinScope(scope: Scope, owner: OrganisationId): void {
  if (scope.kind === 'installation' || scope.id === owner) return
  throw new CodedError({
    code: 'outside_scope',
    message: 'This belongs to another organisation. Ask an administrator of the service organisation.',
    remedy: 'forbidden',
  })
}
