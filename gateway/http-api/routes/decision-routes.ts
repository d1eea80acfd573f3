import { z } from 'zod'
import { CodedError } from '../../basics/coded-error.ts'
import type { DecisionId, DeviceId } from '../../basics/ids.ts'
import { wholeInstallation } from '../../basics/scope.ts'
import type { DecisionRecord } from '../../decisions/decision.ts'
import type { PolicyReasons } from '../../decisions/policy-reasons.ts'
import type { HttpApiPorts } from '../api-ports.ts'
import { decisionDetail, decisionPage, decisionPersonal, decisionQuery, decisionRules } from '../contract/decision-answers.ts'
import { decisionId } from '../contract/building-blocks.ts'
import { decisionFilterOf, filterDetail, recordReading } from '../decision-filter.ts'
import { requireRole, requireSignIn, whoAsks } from '../signed-in.ts'
import type { TypedApp } from '../typed-routes.ts'
import { presentDecision, presentDecisionDetail, presentDecisionRules } from '../views/present-decision.ts'

/** Why she was let in or not: the decision log. What names a person is hidden until the reader asks for it. */
export function decisionRoutes(app: TypedApp, ports: HttpApiPorts): void {
  const onRequest = [requireSignIn(ports), requireRole('security_team', 'auditor', 'service_administrator')]
  const tags = ['decisions']
  const nameOf = async ({ input }: DecisionRecord): Promise<string | undefined> =>
    (await ports.sessions.ports.devices.find(wholeInstallation, input.device.id as DeviceId))?.name

  app.get(
    '/api/v1/decisions',
    { onRequest, schema: { tags, summary: 'Decisions, newest first', querystring: decisionQuery, response: { 200: decisionPage } } },
    async (request) => {
      const { limit, after, personal } = request.query
      const filter = decisionFilterOf(request.query)
      if (personal === 'shown') {
        await recordReading(ports, 'decisions.unmasked', { by: whoAsks(request).person, detail: { filter: filterDetail(filter) } })
      }
      const found = await ports.decisionLog.list(wholeInstallation, filter, { limit, ...(after === undefined ? {} : { after }) })
      const items = found.items.map(async (record) => presentDecision({ record, deviceName: await nameOf(record), personal }))
      return { items: await Promise.all(items), next: found.next, searched_to_ms: found.searchedTo }
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
        querystring: decisionPersonal,
        response: { 200: decisionDetail },
      },
    },
    async (request) => {
      const { personal } = request.query
      const record = await demandDecision(ports, request.params.id)
      if (personal === 'shown') {
        await recordReading(ports, 'decisions.unmasked', { by: whoAsks(request).person, detail: { decision: record.id } })
      }
      return presentDecisionDetail({ record, deviceName: await nameOf(record), personal }, await reasonsOf(ports, record.revision))
    },
  )

  app.get(
    '/api/v1/decisions/:id/rules',
    {
      onRequest,
      schema: {
        tags,
        summary: 'The rules that decided, as their revision answers when it is asked again',
        params: z.object({ id: decisionId }),
        response: { 200: decisionRules },
      },
    },
    async (request) => {
      const record = await demandDecision(ports, request.params.id)
      const explanation = await ports.simulations.logged(record)
      const bundle = explanation.again === null ? undefined : await ports.policies.ports.store.bundleOf(record.revision)
      return presentDecisionRules({ record, explanation, sources: bundle?.sources ?? {} })
    },
  )
}

async function demandDecision({ decisionLog }: HttpApiPorts, id: string): Promise<DecisionRecord> {
  const record = await decisionLog.get(wholeInstallation, id as DecisionId)
  if (record !== null) return record
  throw new CodedError({ code: 'decision_unknown', message: 'There is no such decision.', remedy: 'not_found' })
}

/** What the reasons were called when it was decided. */
async function reasonsOf({ activePolicy, policies }: HttpApiPorts, revision: string): Promise<PolicyReasons['denials'] | null> {
  if (revision === activePolicy.revision) return activePolicy.reasons.denials
  const bundle = await policies.ports.store.bundleOf(revision)
  return bundle?.policy.reasons.denials ?? null
}
