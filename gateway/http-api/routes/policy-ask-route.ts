import { CodedError } from '../../basics/coded-error.ts'
import type { DeviceId, PersonId, ServiceName } from '../../basics/ids.ts'
import type { HttpApiPorts } from '../api-ports.ts'
import { askAnswer, askRequest, type AskAnswer, type AskRequest } from '../contract/policy-simulations.ts'
import { requireRole, requireSignIn } from '../signed-in.ts'
import type { TypedApp } from '../typed-routes.ts'
import { nameOf, presentAssumed, presentChange, presentStep } from '../views/present-simulations.ts'

/** "Why can Mia not open press 7?", "who could?", "what would let her in?" */
export function policyAskRoute(app: TypedApp, ports: HttpApiPorts): void {
  const onRequest = [requireSignIn(ports), requireRole('security_team', 'auditor', 'service_administrator')]
  app.post(
    '/api/v1/policy/ask',
    {
      onRequest,
      schema: { tags: ['policy'], summary: 'Why, who, and what would let somebody in', body: askRequest, response: { 200: askAnswer } },
    },
    async ({ body }) => answer(ports, body),
  )
}

async function answer({ simulations }: HttpApiPorts, body: AskRequest): Promise<AskAnswer> {
  const { kind, target = null, action: upTo, assume_approved: approved, methods, duration_s: durationS, limit, after = null } = body
  const about = { target, machine: body.machine as DeviceId, service: (body.service as ServiceName | undefined) ?? null }
  const assumptions = { methods, durationS, approved }
  const assumed = presentAssumed(assumptions)
  if (kind === 'who') {
    const { revision, nowS, machine, people, judged, next } = await simulations.who({ ...about, upTo, ...assumptions, limit, after })
    const could = people.map(({ person, services }) => ({ ...nameOf(person), services: [...services] }))
    return { kind, revision, at_ms: nowS * 1000, assumed, machine: nameOf(machine), people: could, judged, next }
  }
  const question = { ...about, ...assumptions, upTo, person: personOf(body) }
  const found = kind === 'why' ? await simulations.why(question) : await simulations.whatWould(question)
  const { revision, nowS, person, machine, allowed } = found
  const shared = { revision, at_ms: nowS * 1000, assumed, allowed, person: nameOf(person), machine: nameOf(machine) }
  if ('steps' in found) return { kind: 'why', ...shared, steps: found.steps.map(presentStep) }
  const { ways, tried, complete } = found
  return {
    kind: 'what_would',
    ...shared,
    ways: ways.map(({ service, changes }) => ({ service, changes: changes.map(presentChange) })),
    tried,
    complete,
    never: !allowed && ways.length === 0,
  }
}

function personOf({ person }: AskRequest): PersonId {
  if (person !== undefined) return person as PersonId
  const problems = [{ path: 'body.person', message: 'is missing: who is asked about' }]
  throw new CodedError({ code: 'bad_input', message: 'Say who is asked about: body.person.', remedy: 'fix', problems })
}
