import { CodedError } from '../basics/coded-error.ts'
import type { OrganisationId } from '../basics/ids.ts'
import { wholeInstallation } from '../basics/scope.ts'
import type { HttpApiPorts } from './api-ports.ts'

/** @throws CodedError `organisation_unknown` */
export async function demandOrganisation({ people }: Pick<HttpApiPorts, 'people'>, id: OrganisationId): Promise<void> {
  if ((await people.store.findOrganisation(wholeInstallation, id)) !== undefined) return
  throw new CodedError({
    code: 'organisation_unknown',
    message: 'There is no such organisation.',
    remedy: 'fix',
    problems: [{ path: 'body.organisation', message: 'is not known' }],
  })
}
