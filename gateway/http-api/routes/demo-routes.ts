import type { HttpApiPorts } from '../api-ports.ts'
import { demo } from '../contract/walk-through.ts'
import { notFound } from '../problem-details.ts'
import type { TypedApp } from '../typed-routes.ts'

/** What the walk-through page shows. Outside the demo there is nothing here. */
export function demoRoutes(app: TypedApp, ports: HttpApiPorts): void {
  app.get('/api/v1/demo', { schema: { tags: ['demo'], summary: 'Accounts and panels of the demo', response: { 200: demo } } }, (request) => {
    if (ports.settings.demo === null) throw notFound(request)
    return ports.settings.demo()
  })
}
