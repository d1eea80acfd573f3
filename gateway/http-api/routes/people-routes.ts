import { z } from 'zod'
import { CodedError } from '../../basics/coded-error.ts'
import type { OrganisationId, PersonId } from '../../basics/ids.ts'
import { wholeInstallation } from '../../basics/scope.ts'
import { administrator } from '../../ledger/event.ts'
import { changePerson, demandPerson } from '../../people/change-person.ts'
import { createPerson } from '../../people/create-person.ts'
import { demandRolesWithin } from '../../people/roles-of-customer.ts'
import type { HttpApiPorts } from '../api-ports.ts'
import { changePerson as changeSchema, newPerson, personQuery } from '../contract/administration.ts'
import { personId } from '../contract/building-blocks.ts'
import { createdPerson, person as personSchema, personPage, setupLink } from '../contract/person-answers.ts'
import { demandOrganisation } from '../demand-organisation.ts'
import { seesAllSessions } from '../sees-all-sessions.ts'
import { requireRole, requireSignIn, whoAsks } from '../signed-in.ts'
import type { TypedApp } from '../typed-routes.ts'
import { presentPerson } from '../views/present-person.ts'

const photoLimitBytes = 64 * 1024

export function peopleRoutes(app: TypedApp, ports: HttpApiPorts): void {
  const signedIn = requireSignIn(ports)
  const read = [signedIn, requireRole('service_administrator', 'auditor')]
  const write = [signedIn, requireRole('service_administrator')]
  const params = z.object({ id: personId })
  const tags = ['people']
  const person = (request: { params: { id: string } }) => demandPerson(ports.people, wholeInstallation, request.params.id as PersonId)

  app.get(
    '/api/v1/people',
    { onRequest: read, schema: { tags, summary: 'People and their facts', querystring: personQuery, response: { 200: personPage } } },
    async (request) => {
      const { search, role, status, limit, after } = request.query
      const found = await ports.people.store.list(wholeInstallation, { search, role, status }, { limit, after: after ?? null })
      return { items: await Promise.all(found.items.map((item) => presentPerson(ports, item))), next: found.next }
    },
  )

  app.post(
    '/api/v1/people',
    {
      onRequest: write,
      schema: {
        tags,
        summary: 'Make a personal account; the set-up link is shown once',
        body: newPerson,
        response: { 201: createdPerson },
      },
    },
    async (request, reply) => {
      const { trainings, organisation, ...facts } = request.body
      const { serviceOrganisation } = ports.settings
      const organisationId = (organisation ?? serviceOrganisation) as OrganisationId
      await demandOrganisation(ports, organisationId)
      demandRolesWithin(organisationId, serviceOrganisation, facts.roles)
      const created = await createPerson(
        ports.people,
        organisationId,
        { ...facts, trainings: trainings.map(trainingOf) },
        administrator(whoAsks(request).person.id),
      )
      const { setupLink: link } = created
      return reply
        .code(201)
        .send({ person: await presentPerson(ports, created.person), setup_url: link.url, setup_expires_at: link.expiresAt })
    },
  )

  app.get(
    '/api/v1/people/:id',
    { onRequest: read, schema: { tags, summary: 'One person', params, response: { 200: personSchema } } },
    async (request) => presentPerson(ports, await person(request)),
  )

  app.patch(
    '/api/v1/people/:id',
    {
      onRequest: write,
      schema: {
        tags,
        summary: 'Change facts; open sessions are decided anew at once',
        params,
        body: changeSchema,
        response: { 200: personSchema },
      },
    },
    async (request) => {
      const { version, trainings, ...change } = request.body
      const { organisationId } = await person(request)
      demandRolesWithin(organisationId, ports.settings.serviceOrganisation, change.roles ?? [])
      const changed = await changePerson(
        ports.people,
        wholeInstallation,
        request.params.id as PersonId,
        version,
        { ...change, ...(trainings === undefined ? {} : { trainings: trainings.map(trainingOf) }) },
        administrator(whoAsks(request).person.id),
      )
      return presentPerson(ports, changed)
    },
  )

  app.post(
    '/api/v1/people/:id/setup-link',
    {
      onRequest: write,
      schema: { tags, summary: 'A new one-time set-up link; it voids the one before', params, response: { 200: setupLink } },
    },
    async (request) => {
      const link = await ports.people.provider.newSetupLink((await person(request)).subject)
      return { setup_url: link.url, setup_expires_at: link.expiresAt }
    },
  )

  app.put(
    '/api/v1/people/:id/photo',
    {
      onRequest: write,
      bodyLimit: photoLimitBytes,
      schema: {
        tags,
        summary: 'The photo that operators see (JPEG, 64 KiB)',
        consumes: ['image/jpeg'],
        params,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      if (!Buffer.isBuffer(request.body)) {
        throw new CodedError({ code: 'not_a_jpeg', message: 'Send the photo as image/jpeg.', remedy: 'fix', details: { status: 415 } })
      }
      await ports.people.provider.putPhoto((await person(request)).subject, request.body)
      return reply.code(204).send(null)
    },
  )

  app.delete(
    '/api/v1/people/:id/photo',
    { onRequest: write, schema: { tags, summary: 'Remove the photo', params, response: { 204: z.null() } } },
    async (request, reply) => {
      await ports.people.provider.deletePhoto((await person(request)).subject)
      return reply.code(204).send(null)
    },
  )

  app.get(
    '/api/v1/people/:id/photo',
    {
      onRequest: signedIn,
      schema: {
        tags,
        summary: 'Photo of oneself, or of anybody for those who see all sessions',
        params,
        querystring: z.strictObject({ v: z.string().max(64).optional().describe('Makes the address change with the photo') }),
        response: { 200: { description: 'JPEG', content: { 'image/jpeg': { schema: z.any() } } } },
      },
    },
    async (request, reply) => {
      const viewer = whoAsks(request).person
      if (viewer.id !== request.params.id && !seesAllSessions(viewer))
        throw new CodedError({ code: 'person_unknown', message: 'There is no such photo.', remedy: 'not_found' })
      const photo = await ports.photos.photoOf(await person(request))
      if (photo === null) throw new CodedError({ code: 'photo_unknown', message: 'There is no photo.', remedy: 'not_found' })
      return reply.header('content-type', 'image/jpeg').header('cache-control', 'private, max-age=300').send(photo)
    },
  )
}

const trainingOf = (training: { product_line: string; level: number; valid_until: number }) => ({
  productLine: training.product_line,
  level: training.level,
  validUntil: training.valid_until,
})
