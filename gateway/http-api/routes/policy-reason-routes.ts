import type { HttpApiPorts } from '../api-ports.ts'
import { policyReasons } from '../contract/policy-reasons.ts'
import { requireSignIn } from '../signed-in.ts'
import type { TypedApp } from '../typed-routes.ts'

/** What the denials of the active revision are called. They name no fact of anybody, so whoever is signed in may read them. */
export function policyReasonRoutes(app: TypedApp, ports: HttpApiPorts): void {
  app.get(
    '/api/v1/policy/reasons',
    {
      onRequest: requireSignIn(ports),
      schema: {
        tags: ['policy'],
        summary: 'What each reason of the active policy says, in both languages',
        response: { 200: policyReasons },
      },
    },
    async () => {
      const { revision, reasons } = ports.activePolicy
      return { revision, reasons: reasons.denials, missing: reasons.missing }
    },
  )
}
