import type { AnalysisPart } from '../../policies-admin/analysis/analyse-policy.ts'
import type { PolicyTools } from '../../policies-admin/analysis/policy-tools.ts'
import type { DraftFile, DraftId } from '../../policies-admin/drafts/draft.ts'
import { demandDraft } from '../../policies-admin/drafts/draft-room.ts'
import type { PolicySources } from '../../policies-admin/policy-files.ts'
import { compilerMissing } from '../../policies-admin/revisions/create-revision.ts'
import type { HttpApiPorts } from '../api-ports.ts'
import { analysis, analysisQuery, evaluated, formatted, toEvaluate, toFormat } from '../contract/policy-analysis.ts'
import { language } from '../contract/policy-language.ts'
import { requireRole, requireSignIn, whoAsks } from '../signed-in.ts'
import type { TypedApp } from '../typed-routes.ts'
import { presentAnalysis, presentEvaluated, presentFinding, presentLanguage } from '../views/present-analysis.ts'
import { whileWaitedFor } from '../while-waited-for.ts'
import { draftBodyBytes, draftParams } from './policy-draft-routes.ts'

/** What the compiler says to whoever writes a policy. */
export function policyAnalysisRoutes(app: TypedApp, ports: HttpApiPorts): void {
  const { drafts } = ports.workbench
  const signedIn = requireSignIn(ports)
  const read = [signedIn, requireRole('security_team', 'auditor', 'service_administrator')]
  const write = [signedIn, requireRole('security_team')]
  const tags = ['policy drafts']
  const params = draftParams

  const contentsOf = async (id: string): Promise<readonly DraftFile[]> => {
    await demandDraft(drafts, id as DraftId)
    return drafts.ports.store.contents(id as DraftId)
  }

  app.post(
    '/api/v1/policy/drafts/:id/analysis',
    {
      onRequest: read,
      schema: {
        tags,
        summary: 'Errors, lints, tests and coverage of a draft as it is saved now; a newer question of the same person ends this one',
        params,
        querystring: analysisQuery,
        response: { 200: analysis },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const contents = await contentsOf(id)
      const parts = request.query.parts?.split(',') as AnalysisPart[] | undefined
      const found = await toolsOf(ports).analyse({
        sources: sourcesFrom(contents),
        ...(parts === undefined ? {} : { parts: new Set(parts) }),
        signal: whileWaitedFor(reply),
        asker: `${whoAsks(request).person.id} ${id} ${request.query.parts ?? ''}`,
      })
      return presentAnalysis(found, Object.fromEntries(contents.map(({ path, version }) => [path, version])))
    },
  )

  app.post(
    '/api/v1/policy/drafts/:id/evaluate',
    {
      onRequest: write,
      bodyLimit: draftBodyBytes,
      schema: { tags, summary: 'Evaluate an expression within a draft', params, body: toEvaluate, response: { 200: evaluated } },
    },
    async (request, reply) => {
      const { path, expression, input } = request.body
      const sources = sourcesFrom(await contentsOf(request.params.id))
      return presentEvaluated(await toolsOf(ports).evaluate({ sources, path, expression, input, signal: whileWaitedFor(reply) }))
    },
  )

  app.post(
    '/api/v1/policy/format',
    {
      onRequest: write,
      bodyLimit: draftBodyBytes,
      schema: { tags, summary: 'Lay out one file', body: toFormat, response: { 200: formatted } },
    },
    async (request, reply) => {
      const { path, text } = request.body
      const laidOut = await toolsOf(ports).format(path, text, whileWaitedFor(reply))
      return { text: laidOut.text, diagnostics: laidOut.findings.map(presentFinding) }
    },
  )

  app.get(
    '/api/v1/policy/language',
    { onRequest: read, schema: { tags, summary: 'Built-ins, and the schemas of input, data and decision', response: { 200: language } } },
    async () => presentLanguage(ports.workbench.language()),
  )
}

const sourcesFrom = (contents: readonly DraftFile[]): PolicySources => Object.fromEntries(contents.map(({ path, text }) => [path, text]))

function toolsOf({ workbench }: HttpApiPorts): PolicyTools {
  if (workbench.tools === null) throw compilerMissing()
  return workbench.tools
}
