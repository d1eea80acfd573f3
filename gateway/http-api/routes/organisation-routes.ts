import { newOrganisationId } from '../../basics/ids.ts'
import { wholeInstallation } from '../../basics/scope.ts'
import { administrator } from '../../ledger/event.ts'
import type { HttpApiPorts } from '../api-ports.ts'
import { newOrganisation, organisation, organisationList } from '../contract/administration.ts'
import { requireRole, requireSignIn, whoAsks } from '../signed-in.ts'
import type { TypedApp } from '../typed-routes.ts'

export function organisationRoutes(app: TypedApp, ports: HttpApiPorts): void {
  const tags = ['organisations']
  const signedIn = requireSignIn(ports)

  app.get(
    '/api/v1/organisations',
    {
      onRequest: [signedIn, requireRole('service_administrator', 'auditor')],
      schema: { tags, summary: 'The service organisation and its customers', response: { 200: organisationList } },
    },
    async () => ({ items: [...(await ports.people.store.listOrganisations(wholeInstallation))] }),
  )

  app.post(
    '/api/v1/organisations',
    {
      onRequest: [signedIn, requireRole('service_administrator')],
      schema: { tags, summary: 'Add a customer', body: newOrganisation, response: { 201: organisation } },
    },
    async (request, reply) => {
      const created = { id: newOrganisationId(ports.random), name: request.body.name, kind: 'customer' as const }
      await ports.people.store.insertOrganisation(created, [
        {
          log: { kind: 'o', organisation: created.id },
          type: 'organisation.created',
          session: null,
          actor: administrator(whoAsks(request).person.id),
          detail: { name: created.name },
        },
      ])
      return reply.code(201).send(created)
    },
  )
}
