import type { HttpApiPorts } from '../api-ports.ts'
import { canaryAnswer, newCanary } from '../contract/policy-activation.ts'
import { requireRole, requireSignIn, whoAsks } from '../signed-in.ts'
import type { TypedApp } from '../typed-routes.ts'
import { namePeople } from '../views/name-people.ts'
import { presentCanary } from '../views/present-canary.ts'

/** A draft or a revision in the shadow of the active one: live decisions are compared, and nobody acts on it. */
export function policyCanaryRoutes(app: TypedApp, ports: HttpApiPorts): void {
  const { canary } = ports
  const signedIn = requireSignIn(ports)
  const change = [signedIn, requireRole('security_team')]
  const path = '/api/v1/policy/canary'
  const tags = ['policy']
  const now = async () => {
    const { running } = canary
    return { canary: running === null ? null : presentCanary(running, await namePeople(ports, [running.by])) }
  }

  app.get(
    path,
    {
      onRequest: [signedIn, requireRole('security_team', 'auditor', 'service_administrator')],
      schema: { tags, summary: 'What the canary would have decided otherwise', response: { 200: canaryAnswer } },
    },
    now,
  )

  app.put(
    path,
    {
      onRequest: change,
      schema: { tags, summary: 'Let a draft or a revision run in shadow', body: newCanary, response: { 200: canaryAnswer } },
    },
    async (request) => {
      const { draft, revision = '' } = request.body
      await canary.put(draft === undefined ? { revision } : { draft }, whoAsks(request).person.id)
      return now()
    },
  )

  app.delete(path, { onRequest: change, schema: { tags, summary: 'End the canary', response: { 200: canaryAnswer } } }, async (request) => {
    await canary.remove(whoAsks(request).person.id)
    return now()
  })
}
