import { z } from 'zod'
import type { DecisionId } from '../../basics/ids.ts'
import type { HttpApiPorts } from '../api-ports.ts'
import { decisionId } from '../contract/building-blocks.ts'
import {
  impact,
  impactRequest,
  replay,
  replayChangeDetail,
  replayChangePage,
  replayChangeQuery,
  replayId,
  replayRequest,
} from '../contract/policy-simulations.ts'
import { decisionPersonal } from '../contract/decision-answers.ts'
import { recordReading } from '../decision-filter.ts'
import { atAnyClient, requireRole, requireSignIn, whoAsks } from '../signed-in.ts'
import type { TypedApp } from '../typed-routes.ts'
import { nameMachines } from '../views/name-machines.ts'
import { presentImpact, presentOpenedChange, presentReplay, presentReplayChange } from '../views/present-replay.ts'

/** What was decided, asked again of a policy that is tried, and what would end if it were live. */
export function policyReplayRoutes(app: TypedApp, ports: HttpApiPorts): void {
  const onRequest = [requireSignIn(ports), requireRole('security_team', 'auditor', 'service_administrator')]
  const tags = ['policy']
  const { simulations } = ports
  const params = z.object({ id: replayId })

  app.post(
    '/api/v1/policy/replays',
    {
      onRequest,
      schema: { tags, summary: 'Ask logged decisions again, in the background', body: replayRequest, response: { 202: replay } },
    },
    async ({ body }, reply) => {
      const { target, against, from_ms: from, until_ms: until, action, person: technician, machine: device } = body
      const job = await simulations.replay({ target, against, filter: { from, until, action, technician, device } })
      return reply.code(202).send(presentReplay(job, (id) => id))
    },
  )

  app.get(
    '/api/v1/policy/replays/:id',
    { onRequest, schema: { tags, summary: 'How far a replay is, and what it has found', params, response: { 200: replay } } },
    async ({ params: { id } }) => {
      const job = simulations.replays.get(id)
      return presentReplay(
        job,
        await nameMachines(
          ports,
          job
            .groups('machine')
            .slice(0, 200)
            .map(({ key }) => key),
        ),
      )
    },
  )

  app.delete(
    '/api/v1/policy/replays/:id',
    { onRequest, schema: { tags, summary: 'Cancel a replay', params, response: { 204: z.null() } } },
    async ({ params: { id } }, reply) => {
      simulations.replays.cancel(id)
      return reply.code(204).send(null)
    },
  )

  app.get(
    '/api/v1/policy/replays/:id/changes',
    {
      onRequest,
      schema: {
        tags,
        summary: 'Decisions that would be others',
        params,
        querystring: replayChangeQuery,
        response: { 200: replayChangePage },
      },
    },
    async (request) => {
      const { id } = request.params
      const { limit, after, personal, ...filter } = request.query
      simulations.replays.get(id)
      if (personal === 'shown') await recordReading(ports, 'decisions.unmasked', { by: whoAsks(request).person, detail: { replay: id } })
      const page = simulations.changes(id, filter, { limit, after: after ?? null })
      const names = await nameMachines(
        ports,
        page.items.map(({ machine }) => machine),
      )
      return { items: page.items.map((change) => presentReplayChange(change, names, personal)), next: page.next }
    },
  )

  app.get(
    '/api/v1/policy/replays/:id/changes/:decision',
    {
      onRequest,
      schema: {
        tags,
        summary: 'One of them: input, both answers, the rules of both, and a trace',
        params: params.extend({ decision: decisionId }),
        querystring: decisionPersonal,
        response: { 200: replayChangeDetail },
      },
    },
    async (request) => {
      const { id, decision } = request.params
      const { personal } = request.query
      const opened = await simulations.change(id, { decision: decision as DecisionId, personal })
      if (personal === 'shown') {
        await recordReading(ports, 'decisions.unmasked', { by: whoAsks(request).person, detail: { decision, replay: id } })
      }
      return presentOpenedChange(opened, await nameMachines(ports, [opened.change.machine]), personal)
    },
  )

  app.post(
    '/api/v1/policy/impact',
    {
      onRequest: [requireSignIn(ports), atAnyClient(requireRole('security_team', 'auditor', 'service_administrator'))],
      schema: {
        tags,
        summary: 'Which open sessions the activation would end, and how much it would deny',
        body: impactRequest,
        response: { 200: impact },
      },
    },
    async ({ body }) => presentImpact(await simulations.impact(body.target)),
  )
}
