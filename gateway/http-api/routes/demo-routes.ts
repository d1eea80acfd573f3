import { z } from 'zod'
import type { HttpApiPorts } from '../api-ports.ts'
import { demo } from '../contract/walk-through.ts'
import { notFound } from '../problem-details.ts'
import type { TypedApp } from '../typed-routes.ts'

/** What the walk-through page shows, and the way to a panel. Outside the demo there is nothing here. */
export function demoRoutes(app: TypedApp, ports: HttpApiPorts): void {
  app.get(
    '/api/v1/demo',
    { config: { open: true }, schema: { tags: ['demo'], summary: 'Accounts and panels of the demo', response: { 200: demo } } },
    (request) => {
      if (ports.settings.demo === null) throw notFound(request)
      return ports.settings.demo.description()
    },
  )

  app.get('/demo/panels/:id', { schema: { hide: true, params: z.object({ id: z.string().max(63) }) } }, async (request, reply) => {
    const url = await ports.settings.demo?.panelOf(request.params.id)
    if (url === undefined) throw notFound(request)
    return reply.redirect(url, 303)
  })
}
