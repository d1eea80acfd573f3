import { CodedError } from '../../basics/coded-error.ts'
import type { PersonId } from '../../basics/ids.ts'
import { wholeInstallation } from '../../basics/scope.ts'
import type { PeopleChanges } from '../../people/people-changes.ts'
import type { Person } from '../../people/person.ts'
import type { HttpApiPorts } from '../api-ports.ts'
import { PersonalStream } from '../event-stream.ts'
import { requireSignIn, whoAsks } from '../signed-in.ts'
import type { TypedApp } from '../typed-routes.ts'
import { presentSession } from '../views/present-session.ts'
import { seesAllSessions } from './session-routes.ts'

const maxStreamsOfPerson = 20
/** An abandoned stream's memory of events is kept this long, so that a reload misses nothing. */
const forgetAfterMs = 120_000

/** One event stream for each browser: what changed, for those who may know it. */
export function eventRoutes(app: TypedApp, ports: HttpApiPorts, peopleChanges: PeopleChanges): { close(): void } {
  const streams = new Map<PersonId, { readonly stream: PersonalStream; viewer: Person }>()
  const off = followChanges(ports, peopleChanges, streams)

  app.get(
    '/api/v1/events',
    { onRequest: requireSignIn(ports), schema: { tags: ['events'], summary: 'Server-sent events: what changed' } },
    (request, reply) => {
      const viewer = whoAsks(request).person
      const entry = streams.get(viewer.id) ?? { stream: new PersonalStream(ports.clock), viewer }
      entry.viewer = viewer
      if (entry.stream.size >= maxStreamsOfPerson) {
        throw new CodedError({
          code: 'too_many_streams',
          message: `At most ${maxStreamsOfPerson} event streams for one person. Close some tabs.`,
          remedy: 'fix',
          details: { status: 429 },
        })
      }
      streams.set(viewer.id, entry)
      const lastSeen = Number(request.headers['last-event-id'] ?? Number.NaN)
      reply.hijack()
      reply.raw.writeHead(200, {
        ...(reply.getHeaders() as Record<string, string>),
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      })
      entry.stream.add(reply.raw, Number.isSafeInteger(lastSeen) ? lastSeen : null)
      reply.raw.on('close', () => {
        ports.clock.after(forgetAfterMs, () => {
          if (streams.get(viewer.id) === entry && entry.stream.size === 0) streams.delete(viewer.id)
        })
      })
    },
  )

  return {
    close: () => {
      for (const stop of off) stop()
      for (const { stream } of streams.values()) stream.close()
    },
  }
}

function followChanges(
  ports: HttpApiPorts,
  peopleChanges: PeopleChanges,
  streams: Map<PersonId, { readonly stream: PersonalStream; viewer: Person }>,
): (() => void)[] {
  const report = (error: unknown): void => ports.logger.warn({ err: error }, 'a change could not be told to browsers')
  const tell = async (ids: Iterable<PersonId>, name: string, make: (viewer: Person) => Promise<unknown>): Promise<void> => {
    for (const id of ids) {
      const entry = streams.get(id)
      if (entry !== undefined) entry.stream.send(name, await make(entry.viewer))
    }
  }
  return [
    ports.sessions.onChange((session) => {
      const viewers = [...streams].filter(([id, { viewer }]) => id === session.personId || seesAllSessions(viewer)).map(([id]) => id)
      void tell(viewers, 'session', (viewer) => presentSession(ports, session, viewer)).catch(report)
      // Others only learn that the machine is taken or free, and only when they read it again through policy.
      void tell([...streams.keys()], 'machine', async () => ({})).catch(report)
    }),
    ports.sessions.ports.deviceChanges.onChange(() => void tell([...streams.keys()], 'machine', async () => ({})).catch(report)),
    peopleChanges.onChange((id, reason) => {
      const signedOut = reason === 'signed_out' || reason === 'credentials'
      void (async () => {
        const person = await ports.people.store.find(wholeInstallation, id)
        const gone = signedOut || person?.status !== 'active'
        await tell([id], gone ? 'signed_out' : 'me', async () => ({}))
        if (person !== undefined) {
          const entry = streams.get(id)
          if (entry !== undefined) entry.viewer = person
        }
      })().catch(report)
    }),
  ]
}
