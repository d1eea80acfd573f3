import { z } from 'zod'
import { CodedError } from '../../basics/coded-error.ts'
import type { DeviceId, GrantRequestId, ServiceName } from '../../basics/ids.ts'
import { wholeInstallation } from '../../basics/scope.ts'
import { answerGrantRequest, withdrawGrantRequest } from '../../grants/answer-grant-request.ts'
import { askForGrant } from '../../grants/ask-for-grant.ts'
import type { HttpApiPorts } from '../api-ports.ts'
import { askerOf } from '../asker-of.ts'
import {
  grantAnswer,
  grantRequest,
  grantRequestId,
  grantRequestPage,
  grantRequestQuery,
  newGrantRequest,
} from '../contract/grant-requests.ts'
import { requireRole, requireSignIn, whoAsks } from '../signed-in.ts'
import type { TypedApp } from '../typed-routes.ts'
import { presentGrantRequest, presentGrantRequests } from '../views/present-grant-request.ts'

/** *Ask for it*: from whoever is denied to those who can grant it. What is somebody else's does not exist (404). */
export function grantRequestRoutes(app: TypedApp, ports: HttpApiPorts): void {
  const onRequest = requireSignIn(ports)
  const answering = [onRequest, requireRole('service_administrator', 'security_team', 'customer_administrator')]
  const tags = ['grants']
  const params = z.object({ id: grantRequestId })

  app.get(
    '/api/v1/grant-requests',
    {
      onRequest,
      schema: {
        tags,
        summary: 'Requests on your list, or your own, newest first',
        querystring: grantRequestQuery,
        response: { 200: grantRequestPage },
      },
    },
    async (request) => {
      const signedIn = whoAsks(request)
      const { mine, open, limit, after } = request.query
      const { person } = signedIn
      // An auditor reads every list and answers none.
      const onList = person.roles.includes('auditor') ? {} : { list: { roles: person.roles, organisation: person.organisationId } }
      const whose = mine === 'true' ? { person: person.id } : onList
      const filter = { ...whose, ...(open === undefined ? {} : { open: open === 'true' }) }
      const found = await ports.grants.store.list(wholeInstallation, filter, { limit, after: after ?? null })
      const items = await presentGrantRequests(ports, await askerOf(ports, signedIn), found.items)
      return { items, next: found.next, open: await ports.grants.store.count(wholeInstallation, { ...onList, open: true }) }
    },
  )

  app.post(
    '/api/v1/grant-requests',
    {
      onRequest,
      schema: {
        tags,
        summary: 'Ask those who can grant it to remove what stands against you',
        body: newGrantRequest,
        response: { 201: grantRequest },
      },
    },
    async (request, reply) => {
      const asker = await askerOf(ports, whoAsks(request))
      const { about, note } = request.body
      if (about === null && note === '') throw noteNeeded()
      const asked = await askForGrant(ports.grants, asker, {
        about: about && { deviceId: about.machine as DeviceId, service: about.service as ServiceName, code: about.code },
        note,
      })
      return reply.code(201).send(await presentGrantRequest(ports, asker, asked))
    },
  )

  app.post(
    '/api/v1/grant-requests/:id/answer',
    {
      onRequest: answering,
      schema: { tags, summary: 'Answer a request on your list', params, body: grantAnswer, response: { 200: grantRequest } },
    },
    async (request) => {
      const signedIn = whoAsks(request)
      const answered = await answerGrantRequest(ports.grants, signedIn.person, request.params.id as GrantRequestId, request.body)
      return presentGrantRequest(ports, await askerOf(ports, signedIn), answered)
    },
  )

  app.post(
    '/api/v1/grant-requests/:id/withdraw',
    { onRequest, schema: { tags, summary: 'Withdraw your own request', params, response: { 200: grantRequest } } },
    async (request) => {
      const signedIn = whoAsks(request)
      const withdrawn = await withdrawGrantRequest(ports.grants, signedIn.person, request.params.id as GrantRequestId)
      return presentGrantRequest(ports, await askerOf(ports, signedIn), withdrawn)
    },
  )
}

const noteNeeded = (): CodedError =>
  new CodedError({
    code: 'bad_input',
    message: 'Say in the note which rights you need and what for.',
    remedy: 'fix',
    problems: [{ path: 'body.note', message: 'is missing' }],
  })
