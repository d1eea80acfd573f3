import type { HttpApiPorts } from '../api-ports.ts'
import { health } from '../contract/policy-activation.ts'
import type { TypedApp } from '../typed-routes.ts'

/** For whoever watches this installation from outside: whether it can decide anything, and that somebody has to look. */
export function healthRoute(app: TypedApp, { policies }: HttpApiPorts): void {
  app.get(
    '/health',
    {
      config: { open: true },
      schema: { tags: ['installation'], summary: 'Whether this gateway can decide', response: { 200: health, 503: health } },
    },
    async (_request, reply) => {
      const deciding = policies.active !== null
      const alarms = [...new Set(policies.alarms.map(({ code }) => code))]
      const status = deciding ? (alarms.length === 0 ? 'ok' : 'degraded') : 'closed'
      return reply
        .header('cache-control', 'no-store')
        .code(deciding ? 200 : 503)
        .send({ status, policy: { deciding, alarms } })
    },
  )
}
