import { z } from 'zod'
import type { DeviceId, OrganisationId, PersonId, ServiceName } from '../../basics/ids.ts'
import type { MatrixQuestion } from '../../simulations/judge-matrix.ts'
import type { HttpApiPorts } from '../api-ports.ts'
import {
  cellAnswer,
  cellRequest,
  matrixCount,
  matrixCountId,
  matrixCountRequest,
  matrixPage,
  matrixRequest,
} from '../contract/policy-simulations.ts'
import { requireRole, requireSignIn } from '../signed-in.ts'
import type { TypedApp } from '../typed-routes.ts'
import { presentCellAnswer, presentCount, presentMatrix } from '../views/present-simulations.ts'

const first = { people: null, machines: null }

/** Everyone x every machine under a policy that is tried. Nothing is changed by any of it but counts that are kept for a while. */
export function policyMatrixRoutes(app: TypedApp, ports: HttpApiPorts): void {
  const onRequest = [requireSignIn(ports), requireRole('security_team', 'auditor', 'service_administrator')]
  const tags = ['policy']
  const { simulations } = ports
  const params = z.object({ id: matrixCountId })

  app.post(
    '/api/v1/policy/matrix',
    {
      onRequest,
      schema: {
        tags,
        summary: 'Who could see, ask and open under a policy, a page of it',
        body: matrixRequest,
        response: { 200: matrixPage },
      },
    },
    async ({ body }) => {
      const found = await simulations.matrix(questionOf(body), { limit: body.limit, after: body.after ?? first })
      return presentMatrix(found, { methods: body.methods, durationS: body.duration_s, approved: true })
    },
  )

  app.post(
    '/api/v1/policy/matrix/cell',
    {
      onRequest,
      schema: {
        tags,
        summary: 'Why one person can or cannot, with the rules of both revisions',
        body: cellRequest,
        response: { 200: cellAnswer },
      },
    },
    async ({ body }) => {
      const { target, person, machine, service, methods, duration_s: durationS } = body
      const question = { target, person: person as PersonId, machine: machine as DeviceId, methods, durationS }
      const found = await simulations.cell({ ...question, service: (service as ServiceName | undefined) ?? null })
      return presentCellAnswer(found, { methods, durationS, approved: true })
    },
  )

  app.post(
    '/api/v1/policy/matrix/counts',
    {
      onRequest,
      schema: { tags, summary: 'Count the whole matrix, in the background', body: matrixCountRequest, response: { 202: matrixCount } },
    },
    async ({ body }, reply) => {
      const job = await simulations.countMatrix(questionOf(body))
      return reply.code(202).send(presentCount(job))
    },
  )

  app.get(
    '/api/v1/policy/matrix/counts/:id',
    { onRequest, schema: { tags, summary: 'How far a count is', params, response: { 200: matrixCount } } },
    async ({ params: { id } }) => presentCount(simulations.counts.get(id)),
  )

  app.delete(
    '/api/v1/policy/matrix/counts/:id',
    { onRequest, schema: { tags, summary: 'Cancel a count', params, response: { 204: z.null() } } },
    async ({ params: { id } }, reply) => {
      simulations.counts.cancel(id)
      return reply.code(204).send(null)
    },
  )
}

function questionOf(body: z.infer<typeof matrixCountRequest>): MatrixQuestion {
  const { target, action, service, people = {}, machines = {}, methods, duration_s: durationS } = body
  const { product_line: productLine, ...others } = machines
  return {
    target,
    upTo: action ?? 'open',
    service: (service as ServiceName | undefined) ?? null,
    people: { ...people, ids: people.ids as PersonId[] | undefined, organisation: people.organisation as OrganisationId | undefined },
    machines: {
      ...others,
      productLine,
      ids: machines.ids as DeviceId[] | undefined,
      organisation: machines.organisation as OrganisationId | undefined,
    },
    methods,
    durationS,
  }
}
