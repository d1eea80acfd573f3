import { z } from 'zod'
import { CodedError } from '../../basics/coded-error.ts'
import type { DecisionId, DeviceId } from '../../basics/ids.ts'
import { wholeInstallation } from '../../basics/scope.ts'
import type { AccessAction } from '../../decisions/decision-input.ts'
import type { DecisionRecord } from '../../decisions/decision.ts'
import type { HttpApiPorts } from '../api-ports.ts'
import { decisionDetail, decisionPage, decisionQuery, type DecisionSummary } from '../contract/decision-answers.ts'
import { decisionId } from '../contract/building-blocks.ts'
import { requireRole, requireSignIn } from '../signed-in.ts'
import type { TypedApp } from '../typed-routes.ts'

/** Why she was let in or not: the decision log. */
export function decisionRoutes(app: TypedApp, ports: HttpApiPorts): void {
  const onRequest = [requireSignIn(ports), requireRole('security_team', 'auditor', 'service_administrator')]
  const tags = ['decisions']

  app.get(
    '/api/v1/decisions',
    { onRequest, schema: { tags, summary: 'Decisions, newest first', querystring: decisionQuery, response: { 200: decisionPage } } },
    async (request) => {
      const { person, device, session, action, allow, limit, after } = request.query
      const filter = {
        technician: person,
        device,
        session,
        action: action as AccessAction | undefined,
        ...(allow === undefined ? {} : { allow: allow === 'true' }),
      }
      const found = await ports.decisionLog.list(wholeInstallation, filter, { limit, ...(after === undefined ? {} : { after }) })
      return { items: await Promise.all(found.items.map((record) => summary(ports, record))), next: found.next }
    },
  )

  app.get(
    '/api/v1/decisions/:id',
    {
      onRequest,
      schema: {
        tags,
        summary: 'One decision with its input and result',
        params: z.object({ id: decisionId }),
        response: { 200: decisionDetail },
      },
    },
    async (request) => {
      const record = await ports.decisionLog.get(wholeInstallation, request.params.id as DecisionId)
      if (record === null) throw new CodedError({ code: 'decision_unknown', message: 'There is no such decision.', remedy: 'not_found' })
      return {
        ...(await summary(ports, record)),
        revision: record.revision,
        duration_us: record.durationUs,
        input: record.input,
        result: record.result,
      }
    },
  )
}

async function summary(ports: HttpApiPorts, record: DecisionRecord): Promise<DecisionSummary> {
  const { input, result } = record
  const device = await ports.sessions.ports.devices.find(wholeInstallation, input.device.id as DeviceId)
  return {
    id: record.id,
    time_ms: record.evaluatedAt,
    action: input.action,
    person: { id: input.technician.id, name: input.technician.name },
    device: { id: input.device.id, name: device?.name ?? input.device.id },
    service: input.service?.name ?? null,
    session: input.session?.id ?? null,
    allow: result.allow,
    denials: [...result.denials],
  }
}
