import type { IncomingMessage, ServerResponse } from 'node:http'
import fastifyCookie from '@fastify/cookie'
import fastifySwagger from '@fastify/swagger'
import fastify, { type FastifyInstance } from 'fastify'
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod'
import type { PeopleChanges } from '../people/people-changes.ts'
import type { HttpApiPorts } from './api-ports.ts'
import { CodedError } from '../basics/coded-error.ts'
import { problem } from './contract/building-blocks.ts'
import { servePages } from './pages.ts'
import { notFound, sendProblem } from './problem-details.ts'
import { authRoutes } from './routes/auth-routes.ts'
import { decisionRoutes } from './routes/decision-routes.ts'
import { demoRoutes } from './routes/demo-routes.ts'
import { deviceRoutes } from './routes/device-routes.ts'
import { eventRoutes } from './routes/event-routes.ts'
import { machineRoutes } from './routes/machine-routes.ts'
import { meRoutes } from './routes/me-routes.ts'
import { organisationRoutes } from './routes/organisation-routes.ts'
import { peopleRoutes } from './routes/people-routes.ts'
import { sessionRoutes } from './routes/session-routes.ts'
import { securityHeaders } from './security-headers.ts'
import { decorateSignedIn } from './signed-in.ts'
import type { TypedApp } from './typed-routes.ts'

export interface HttpApi {
  /** Handles a request whose Host is the portal's; the front has checked that. */
  request(request: IncomingMessage, response: ServerResponse): void
  readonly app: FastifyInstance
  close(): Promise<void>
}

const bodyLimitBytes = 256 * 1024

export async function createHttpApi(ports: HttpApiPorts, peopleChanges: PeopleChanges): Promise<HttpApi> {
  const app = fastify({
    logger: false,
    bodyLimit: bodyLimitBytes,
    trustProxy: false,
    exposeHeadRoutes: false,
  }).withTypeProvider<ZodTypeProvider>()
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.setErrorHandler((error, _request, reply) => sendProblem(reply, error, ports.random, ports.logger))
  app.setNotFoundHandler((request, reply) => sendProblem(reply, notFound(request), ports.random, ports.logger))
  acceptBodies(app)
  decorateSignedIn(app)
  securityHeaders(app, ports.settings.portalOrigin)
  await app.register(fastifyCookie)
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Sallyport', version: '1', description: description },
      servers: [{ url: ports.settings.portalOrigin }],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  })
  const events = addRoutes(app, ports, peopleChanges)
  if (ports.settings.pagesDir !== null) await servePages(app, ports.settings.pagesDir, ports.random)
  await app.ready()
  return {
    request: (request, response) => app.routing(request, response),
    app,
    close: async () => {
      events.close()
      await app.close()
    },
  }
}

const description =
  'Every instant is Unix seconds. Errors are RFC 9457 problem details with a stable `code`. Signed in by the portal’s cookie; what changes something needs the header `sallyport-csrf`.'

/** JSON, photos, and nothing else: another type is refused, never skipped. */
function acceptBodies(app: FastifyInstance): void {
  app.removeContentTypeParser('text/plain')
  app.addContentTypeParser('image/jpeg', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.addHook('preValidation', async (request) => {
    const wantsJson = request.routeOptions.schema?.body !== undefined
    if (wantsJson && !/^application\/json(?:\s*;.*)?$/i.test(request.headers['content-type'] ?? '')) {
      throw new CodedError({
        code: 'bad_request',
        message: 'Send JSON with the header "content-type: application/json".',
        remedy: 'fix',
        details: { status: 415 },
      })
    }
  })
}

function addRoutes(app: TypedApp, ports: HttpApiPorts, peopleChanges: PeopleChanges): { close(): void } {
  // The answers that any route can give; OpenAPI names them once.
  app.addHook('onRoute', (route) => {
    if (!route.url.startsWith('/api/') || route.schema === undefined || route.schema.hide === true) return
    route.schema.response = { ...(route.schema.response as object), '4xx': problem }
  })
  app.after(() => {
    authRoutes(app, ports)
    meRoutes(app, ports)
    machineRoutes(app, ports)
    sessionRoutes(app, ports)
    peopleRoutes(app, ports)
    organisationRoutes(app, ports)
    deviceRoutes(app, ports)
    decisionRoutes(app, ports)
    demoRoutes(app, ports)
    app.get('/api/v1/openapi.json', { schema: { hide: true } }, (_request, reply) => reply.serializer(JSON.stringify).send(app.swagger()))
    events = eventRoutes(app, ports, peopleChanges)
  })
  let events = { close: (): void => {} }
  return { close: () => events.close() }
}
