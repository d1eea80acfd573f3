import { CodedError } from '../basics/coded-error.ts'
import type { OrganisationId } from '../basics/ids.ts'
import type { Role } from './person.ts'

/** What somebody of a customer can be: everything else looks at the whole installation. */
const ofCustomer: readonly Role[] = ['technician', 'customer_administrator']

/** @throws CodedError `not_for_customers` */
export function demandRolesWithin(organisation: OrganisationId, serviceOrganisation: OrganisationId, roles: readonly Role[]): void {
  const others = organisation === serviceOrganisation ? [] : roles.filter((role) => !ofCustomer.includes(role))
  if (others.length === 0) return
  throw new CodedError({
    code: 'not_for_customers',
    message: `Somebody of a customer cannot have the role ${others.join(' or ').replaceAll('_', ' ')}: it reaches the machines of every customer.`,
    remedy: 'fix',
    problems: [{ path: 'body.roles', message: 'only technician and customer_administrator' }],
  })
}
