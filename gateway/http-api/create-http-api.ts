import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import fastifyCookie from '@fastify/cookie'
import fastifySwagger from '@fastify/swagger'
import fastify, { type FastifyInstance, type RouteOptions } from 'fastify'
import { jsonSchemaTransformObject, serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Clock } from '../basics/clock.ts'
import { cutUnreadBody, mostUnreadOfKnownBytes } from '../basics/cut-unread-body.ts'
import type { PeopleChanges } from '../people/people-changes.ts'
import type { HttpApiPorts } from './api-ports.ts'
import { acceptBodies } from './accept-bodies.ts'
import { addProblems, describeRoute, securitySchemes } from './describe-route.ts'
import { createForwardDoor } from './forward/forward-door.ts'
import { servePages } from './pages.ts'
import { notFound, sendProblem } from './problem-details.ts'
import { authRoutes } from './routes/auth-routes.ts'
import { commandLineRoutes } from './routes/command-line-routes.ts'
import { decisionExportRoute } from './routes/decision-export-route.ts'
import { decisionRoutes } from './routes/decision-routes.ts'
import { demoRoutes } from './routes/demo-routes.ts'
import { deviceRoutes } from './routes/device-routes.ts'
import { eventRoutes, type EventRoutes } from './routes/event-routes.ts'
import { grantRequestRoutes } from './routes/grant-request-routes.ts'
import { healthRoute } from './routes/health-route.ts'
import { installationRoutes } from './routes/installation-routes.ts'
import { machineRoutes } from './routes/machine-routes.ts'
import { meRoutes } from './routes/me-routes.ts'
import { organisationRoutes } from './routes/organisation-routes.ts'
import { peopleRoutes } from './routes/people-routes.ts'
import { policyCanaryRoutes } from './routes/policy-canary-routes.ts'
import { policyReasonRoutes } from './routes/policy-reason-routes.ts'
import { policyActivationRoutes } from './routes/policy-activation-routes.ts'
import { policyAnalysisRoutes } from './routes/policy-analysis-routes.ts'
import { policyDraftRoutes } from './routes/policy-draft-routes.ts'
import { policyRevisionRoutes } from './routes/policy-revision-routes.ts'
import { recoveryKeyRoutes } from './routes/recovery-key-routes.ts'
import { policyAskRoute } from './routes/policy-ask-route.ts'
import { policyMatrixRoutes } from './routes/policy-matrix-routes.ts'
import { policyReplayRoutes } from './routes/policy-replay-routes.ts'
import { securityTxtRoute } from './routes/security-txt-route.ts'
import { sessionRoutes } from './routes/session-routes.ts'
import { securityHeaders, securityHeadersOf } from './security-headers.ts'
import { decorateSignedIn, demandAccessCheck, paceStrangers } from './signed-in.ts'
import type { TypedApp } from './typed-routes.ts'

export interface HttpApi {
  /** Handles a request whose Host is the portal's; the front has checked that. */
  request(request: IncomingMessage, response: ServerResponse): void
  /** Connections of native tools; any other upgrade is refused. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  readonly app: FastifyInstance
  /** Every route that is served: what tests go through, so that a new one is covered by itself. */
  readonly routes: readonly RouteOptions[]
  /** Ends the event streams, which would never end by themselves, and takes no new one. */
  drain(): Promise<void>
  close(): Promise<void>
}

const bodyLimitBytes = 256 * 1024
/** Everything that this API takes is small: who sends it a byte at a time holds a connection for nothing. */
const bodyWithinMs = 30_000

export async function createHttpApi(ports: HttpApiPorts, peopleChanges: PeopleChanges): Promise<HttpApi> {
  const headers = securityHeadersOf(ports.settings.portalOrigin)
  const app = fastify({
    logger: false,
    bodyLimit: bodyLimitBytes,
    // The address that the front itself wrote, and nothing that a client says.
    trustProxy: ports.settings.isFront === null ? false : (peer, hop) => hop === 0 && ports.settings.isFront?.(peer) === true,
    exposeHeadRoutes: false,
    // Whatever fits into the head of a request is judged by the schema of its route, which says what an id looks like.
    routerOptions: { maxParamLength: 64 * 1024 },
    // An address that no route can be found for passes no hook.
    frameworkErrors: (error, _request, reply) => void sendProblem(reply.headers(headers), error, ports.random, ports.logger),
  }).withTypeProvider<ZodTypeProvider>()
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.setErrorHandler((error, _request, reply) => sendProblem(reply, error, ports.random, ports.logger))
  app.setNotFoundHandler((request, reply) => sendProblem(reply, notFound(request), ports.random, ports.logger))
  const routes: RouteOptions[] = []
  app.addHook('onRoute', (route) => void routes.push(route))
  app.addHook('onRoute', demandAccessCheck)
  acceptBodies(app)
  decorateSignedIn(app)
  securityHeaders(app, ports.settings.portalOrigin)
  app.addHook('onRequest', paceStrangers(ports))
  const unreadBytes = letTooLargeBeRead(app)
  await app.register(fastifyCookie)
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Sallyport', version: '1', description: description },
      servers: [{ url: ports.settings.portalOrigin }],
      components: { securitySchemes },
    },
    transform: describeRoute,
    transformObject: jsonSchemaTransformObject,
  })
  const forward = createForwardDoor(ports)
  const events = addRoutes(app, ports, peopleChanges)
  if (ports.settings.pagesDir !== null) await servePages(app, ports.settings.pagesDir, ports.random)
  await app.ready()
  return {
    request: (request, response) => {
      endSlowBody(request, response, ports.clock)
      cutUnreadBody(request, response, { mostBytes: () => unreadBytes(request) })
      app.routing(request, response)
    },
    upgrade: forward.upgrade,
    app,
    routes,
    drain: async () => {
      events.close()
      await forward.drain()
    },
    close: async () => {
      events.close()
      await forward.close()
      await app.close()
    },
  }
}

/** Who is signed in and sends too much gets to read so: the rest of his body is thrown away, and not his connection. */
function letTooLargeBeRead(app: FastifyInstance): (request: IncomingMessage) => number | undefined {
  const known = new WeakSet<IncomingMessage>()
  app.addHook('onSend', async (request, reply) => {
    if (reply.statusCode !== 413 || request.signedIn === null) return
    known.add(request.raw)
    // Node would close at once behind the answer, and a reset would take it away.
    reply.removeHeader('connection')
  })
  return (request) => (known.has(request) ? mostUnreadOfKnownBytes : undefined)
}

const tooSlow = `The body of the request did not come within 30 seconds. Try again.
Der Inhalt der Anfrage kam nicht innerhalb von 30 Sekunden. Versuchen Sie es noch einmal.
`

function endSlowBody(request: IncomingMessage, response: ServerResponse, clock: Clock): void {
  const timer = clock.after(bodyWithinMs, () => {
    if (request.complete) return
    if (response.headersSent) return void request.destroy()
    response.writeHead(408, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' })
    response.end(tooSlow, () => request.destroy())
  })
  request.once('end', () => timer.cancel()).once('close', () => timer.cancel())
}

const description =
  'Every instant is Unix seconds. Errors are RFC 9457 problem details with a stable `code`. Signed in by the portal’s cookie, and then what changes something needs the header `sallyport-csrf`; or by a command line’s bearer token.'

function addRoutes(app: TypedApp, ports: HttpApiPorts, peopleChanges: PeopleChanges): { close(): void } {
  app.addHook('onRoute', addProblems)
  app.after(() => {
    authRoutes(app, ports)
    commandLineRoutes(app, ports)
    machineRoutes(app, ports)
    sessionRoutes(app, ports)
    peopleRoutes(app, ports)
    organisationRoutes(app, ports)
    deviceRoutes(app, ports)
    decisionRoutes(app, ports)
    decisionExportRoute(app, ports)
    policyReasonRoutes(app, ports)
    grantRequestRoutes(app, ports)
    policyRevisionRoutes(app, ports)
    policyActivationRoutes(app, ports)
    policyCanaryRoutes(app, ports)
    recoveryKeyRoutes(app, ports)
    policyDraftRoutes(app, ports)
    policyAnalysisRoutes(app, ports)
    healthRoute(app, ports)
    policyMatrixRoutes(app, ports)
    policyReplayRoutes(app, ports)
    policyAskRoute(app, ports)
    demoRoutes(app, ports)
    installationRoutes(app, ports)
    securityTxtRoute(app, ports)
    events = eventRoutes(app, ports, peopleChanges)
    meRoutes(app, ports, (signIn) => events.signedOut(signIn))
  })
  let events: EventRoutes = { signedOut: () => {}, close: () => {} }
  return { close: () => events.close() }
}
