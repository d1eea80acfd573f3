import { z } from 'zod'
import type { HttpApiPorts } from '../api-ports.ts'
import type { TypedApp } from '../typed-routes.ts'

/** What anybody may read before he is known: the description of this API, and the certificates that machines pin. */
export function installationRoutes(app: TypedApp, ports: HttpApiPorts): void {
  app.get('/api/v1/openapi.json', { config: { open: true }, schema: { hide: true } }, (_request, reply) =>
    reply.serializer(JSON.stringify).send(app.swagger()),
  )

  app.get(
    '/api/v1/ca.pem',
    {
      config: { open: true },
      schema: {
        tags: ['installation'],
        summary: 'The certificates of this gateway’s own authority, which agents pin',
        response: { 200: { description: 'PEM', content: { 'application/x-pem-file': { schema: z.string() } } } },
      },
    },
    async (_request, reply) => reply.header('content-type', 'application/x-pem-file').serializer(String).send(ports.settings.agents.ca_pem),
  )
}
