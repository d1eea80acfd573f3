import { z } from 'zod'
import { CodedError } from '../../basics/coded-error.ts'
import type { DeviceId, PersonId, ServiceName, SessionId } from '../../basics/ids.ts'
import { wholeInstallation } from '../../basics/scope.ts'
import { administrator, technician } from '../../ledger/event.ts'
import type { Person } from '../../people/person.ts'
import { authorizeStream, isRefused } from '../../sessions/authorize-stream.ts'
import { endSession } from '../../sessions/end-session.ts'
import { sayInSession } from '../../sessions/chat.ts'
import { extendSession } from '../../sessions/extend-session.ts'
import { requestSession } from '../../sessions/request-session.ts'
import { isLive, type Session } from '../../sessions/session.ts'
import type { HttpApiPorts } from '../api-ports.ts'
import { askerOf } from '../asker-of.ts'
import { sessionId } from '../contract/building-blocks.ts'
import { newSession } from '../contract/new-session.ts'
import {
  extendSession as extendSchema,
  newMessage,
  openedService,
  openService,
  session as sessionSchema,
  sessionHistory,
  sessionPage,
  sessionQuery,
} from '../contract/sessions.ts'
import { seesAllSessions } from '../sees-all-sessions.ts'
import { requireSignIn, whoAsks } from '../signed-in.ts'
import type { TypedApp } from '../typed-routes.ts'
import { presentSession } from '../views/present-session.ts'

/** A session of one's own, or of anybody for those who see all; another one does not exist. */
async function demandSession(ports: HttpApiPorts, viewer: Person, id: string): Promise<Session> {
  const session =
    ports.sessions.get(id as SessionId)?.session ?? (await ports.sessions.ports.store.find(wholeInstallation, id as SessionId))
  if (session !== undefined && (session.personId === viewer.id || seesAllSessions(viewer))) return session
  throw new CodedError({ code: 'session_unknown', message: 'There is no such session of yours.', remedy: 'not_found' })
}

function demandOwn(session: Session, viewer: Person): void {
  if (session.personId === viewer.id) return
  throw new CodedError({ code: 'not_yours', message: 'Only the technician of this session can do that.', remedy: 'forbidden' })
}

export function sessionRoutes(app: TypedApp, ports: HttpApiPorts): void {
  const onRequest = requireSignIn(ports)
  const params = z.object({ id: sessionId })
  const tags = ['sessions']

  app.post(
    '/api/v1/sessions',
    { onRequest, schema: { tags, summary: 'Ask the operator at a machine', body: newSession, response: { 201: sessionSchema } } },
    async (request, reply) => {
      const signedIn = whoAsks(request)
      const { machine, services, purpose, ticket, help, duration_s } = request.body
      const session = await requestSession(ports.sessions, {
        asker: await askerOf(ports, signedIn),
        deviceId: machine as DeviceId,
        services: services as ServiceName[],
        purpose,
        ticket,
        help,
        durationS: duration_s,
      })
      return reply.code(201).send(await presentSession(ports, session, signedIn.person))
    },
  )

  app.get(
    '/api/v1/sessions',
    { onRequest, schema: { tags, summary: 'Sessions, newest first', querystring: sessionQuery, response: { 200: sessionPage } } },
    async (request) => {
      const { person } = whoAsks(request)
      const { mine, live, machine, person: other, limit, after } = request.query
      const own = mine === 'true' || !seesAllSessions(person)
      const filter = {
        person: own ? person.id : (other as PersonId | undefined),
        device: machine as DeviceId | undefined,
        ...(live === 'true' ? { live: true } : {}),
      }
      const found = await ports.sessions.ports.store.list(wholeInstallation, filter, { limit, after: after ?? null })
      return { items: await Promise.all(found.items.map((session) => presentSession(ports, session, person))), next: found.next }
    },
  )

  app.get(
    '/api/v1/sessions/:id',
    { onRequest, schema: { tags, summary: 'One session', params, response: { 200: sessionSchema } } },
    async (request) => {
      const { person } = whoAsks(request)
      return presentSession(ports, await demandSession(ports, person, request.params.id), person)
    },
  )

  app.post(
    '/api/v1/sessions/:id/end',
    { onRequest, schema: { tags, summary: 'Withdraw a request, or end a session', params, response: { 200: sessionSchema } } },
    async (request) => {
      const { person } = whoAsks(request)
      const session = await demandSession(ports, person, request.params.id)
      const own = session.personId === person.id
      if (!own && !person.roles.includes('service_administrator')) demandOwn(session, person)
      if (!isLive(session)) return presentSession(ports, session, person)
      const reason = session.approval === null ? 'withdrawn' : own ? 'ended_by_technician' : 'policy'
      const ended = await endSession(ports.sessions, session.id, {
        reason,
        actor: own ? technician(person.id) : administrator(person.id),
        by: person.name,
        codes: own || reason === 'withdrawn' ? [] : ['ended_by_administrator'],
      })
      return presentSession(ports, ended, person)
    },
  )

  app.post(
    '/api/v1/sessions/:id/extend',
    {
      onRequest,
      schema: { tags, summary: 'Ask the operator for more time', params, body: extendSchema, response: { 202: sessionSchema } },
    },
    async (request, reply) => {
      const { person } = whoAsks(request)
      const session = await demandSession(ports, person, request.params.id)
      demandOwn(session, person)
      const extended = await extendSession(ports.sessions, session.id, request.body.duration_s)
      return reply.code(202).send(await presentSession(ports, extended, person))
    },
  )

  app.post(
    '/api/v1/sessions/:id/messages',
    { onRequest, schema: { tags, summary: 'Write to the operator', params, body: newMessage, response: { 200: sessionSchema } } },
    async (request) => {
      const { person } = whoAsks(request)
      const session = await demandSession(ports, person, request.params.id)
      demandOwn(session, person)
      const live = await sayInSession(ports.sessions, session.id, request.body.text)
      return presentSession(ports, live.session, person)
    },
  )

  app.post(
    '/api/v1/sessions/:id/open',
    {
      onRequest,
      schema: {
        tags,
        summary: 'A one-time address of a service’s own origin',
        params,
        body: openService,
        response: { 200: openedService },
      },
    },
    async (request) => {
      const { person, signIn } = whoAsks(request)
      const session = await demandSession(ports, person, request.params.id)
      demandOwn(session, person)
      const service = request.body.service as ServiceName
      const stream = await authorizeStream(ports.sessions, session.id, service)
      if (isRefused(stream))
        throw new CodedError({
          code: stream.code,
          message: stream.message,
          remedy: stream.code === 'device_offline' ? 'retry' : 'forbidden',
        })
      if (stream.kind !== 'http') {
        throw new CodedError({ code: 'not_a_web_service', message: 'Only web services open in a browser.', remedy: 'fix' })
      }
      const { mint, mintBar } = ports.access
      const url = await (request.body.bar ? mintBar : mint)(session.id, service, signIn.tokenHash)
      return { url: url.href }
    },
  )

  app.get(
    '/api/v1/sessions/:id/history',
    { onRequest, schema: { tags, summary: 'What was recorded of a session', params, response: { 200: sessionHistory } } },
    async (request) => {
      const { person } = whoAsks(request)
      const session = await demandSession(ports, person, request.params.id)
      const found = await ports.events.list(wholeInstallation, { session: session.id }, { limit: 200, after: null })
      return {
        items: found.items.map((event) => ({
          time_ms: event.time,
          type: event.type,
          actor: { kind: event.actor.kind, name: actorName(event.actor, session) },
          detail: withoutPapers(event.detail),
        })),
      }
    },
  )
}

function actorName(actor: { readonly kind: string; readonly id: string | null }, session: Session): string | null {
  if (actor.kind === 'technician') return session.request.technician.name
  return actor.kind === 'operator' || actor.kind === 'device' ? actor.id : null
}

/** The signed papers themselves are for auditors and verifiers; people read what they say. */
function withoutPapers(detail: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(detail).filter(([name]) => name !== 'approval' && name !== 'request'))
}
