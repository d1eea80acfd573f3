import { z } from 'zod'
import type { FastifyReply } from 'fastify'
import { CodedError } from '../../basics/coded-error.ts'
import type { PeopleChanges } from '../../people/people-changes.ts'
import type { SignIn } from '../../sign-in/sign-in-store.ts'
import { isStillSignedIn } from '../../sign-in/who-is-signed-in.ts'
import type { HttpApiPorts } from '../api-ports.ts'
import { PersonalStream } from '../event-stream.ts'
import { followChanges, type PersonalStreams } from '../follow-changes.ts'
import { seesAllSessions } from '../sees-all-sessions.ts'
import { requireSignIn, whoAsks } from '../signed-in.ts'
import type { TypedApp } from '../typed-routes.ts'

const maxStreamsOfPerson = 20
/** An abandoned stream's memory of events is kept this long, so that a reload misses nothing. */
const forgetAfterMs = 120_000

export interface EventRoutes {
  /** The person signed out in this browser: its other tabs learn it. */
  signedOut(signIn: SignIn): void
  /** Ends every stream and takes no new one. */
  close(): void
}

/** One event stream for each browser: what changed, for those who may know it. */
export function eventRoutes(app: TypedApp, ports: HttpApiPorts, peopleChanges: PeopleChanges): EventRoutes {
  const streams: PersonalStreams = new Map()
  const off = followChanges(ports, peopleChanges, streams)
  let closing = false
  const newStream = (): PersonalStream =>
    new PersonalStream({
      clock: ports.clock,
      epoch: ports.random.hex(6),
      stillSignedIn: (signIn) => isStillSignedIn(ports.signIns, signIn),
    })

  app.get(
    '/api/v1/events',
    {
      onRequest: requireSignIn(ports),
      schema: {
        tags: ['events'],
        summary: 'Server-sent events: what changed',
        response: { 200: { description: 'An endless stream', content: { 'text/event-stream': { schema: z.string() } } } },
      },
    },
    (request, reply) => {
      const { person: viewer, signIn } = whoAsks(request)
      if (closing)
        throw new CodedError({ code: 'stopping', message: 'The gateway is about to end. Try again in a moment.', remedy: 'retry' })
      const entry = streams.get(viewer.id) ?? { stream: newStream(), viewer }
      if (entry.stream.size >= maxStreamsOfPerson) throw tooManyStreams()
      // Roles were taken away and the news of it waits in the queue: what was kept for one who sees all sessions is not his any more.
      if (seesAllSessions(entry.viewer) && !seesAllSessions(viewer)) entry.stream.forget()
      entry.viewer = viewer
      streams.set(viewer.id, entry)
      const lastSeen = request.headers['last-event-id']
      beginStream(reply)
      entry.stream.add(reply.raw, signIn, typeof lastSeen === 'string' ? lastSeen : null)
      const forgetLater = (): void => {
        ports.clock.after(forgetAfterMs, () => {
          if (streams.get(viewer.id) === entry && entry.stream.size === 0) streams.delete(viewer.id)
        })
      }
      if (reply.raw.destroyed) forgetLater()
      else reply.raw.on('close', forgetLater)
    },
  )

  return {
    signedOut: (signIn) => streams.get(signIn.personId)?.stream.signOut((other) => other.tokenHash === signIn.tokenHash),
    close: () => {
      closing = true
      for (const stop of off.splice(0)) stop()
      for (const { stream } of streams.values()) stream.close()
    },
  }
}

function beginStream(reply: FastifyReply): void {
  reply.hijack()
  // What the browser takes back is what it has read: small pieces go out at once.
  reply.raw.socket?.setNoDelay(true)
  reply.raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })
}

const tooManyStreams = (): CodedError =>
  new CodedError({
    code: 'too_many_streams',
    message: `At most ${maxStreamsOfPerson} event streams for one person. Close some tabs.`,
    remedy: 'fix',
    details: { status: 429 },
  })
