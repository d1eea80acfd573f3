import type { PersonId } from '../basics/ids.ts'
import { wholeInstallation } from '../basics/scope.ts'
import { isOnListOf } from '../grants/grant-request.ts'
import type { ChangeDetail, PeopleChanges } from '../people/people-changes.ts'
import type { Person } from '../people/person.ts'
import type { PresentPerson } from '../policies-admin/drafts/draft-presence.ts'
import type { SignIn } from '../sign-in/sign-in-store.ts'
import type { HttpApiPorts } from './api-ports.ts'
import type { PersonalStream } from './event-stream.ts'
import { seesAllSessions } from './sees-all-sessions.ts'
import { namePeople } from './views/name-people.ts'
import { presentPresence } from './views/present-draft.ts'
import { presentSession } from './views/present-session.ts'

/** The streams of everybody who has a browser open, each with the person as he was read last. */
export type PersonalStreams = Map<PersonId, { readonly stream: PersonalStream; viewer: Person }>

/** Tells each person's browsers what changed, in the order in which it happened. Gives back the ways to stop. */
export function followChanges(ports: HttpApiPorts, peopleChanges: PeopleChanges, streams: PersonalStreams): (() => void)[] {
  let last = Promise.resolve()
  const inOrder = (tell: () => Promise<void>): void => {
    last = last.then(tell).catch((error: unknown) => ports.logger.warn({ err: error }, 'a change could not be told to browsers'))
  }
  // Others only learn that some machine changed, and what it is only when they read it again through policy.
  const tellMachine = (): void => {
    for (const { stream } of streams.values()) stream.send('machine', {})
  }
  return [
    ports.sessions.onChange((session) =>
      inOrder(async () => {
        for (const [id, entry] of streams) {
          if (id !== session.personId && !seesAllSessions(entry.viewer)) continue
          const view = await presentSession(ports, session, entry.viewer)
          // Roles may have been taken away while the view was made.
          if (id === session.personId || seesAllSessions(entry.viewer)) entry.stream.send('session', view)
        }
        tellMachine()
      }),
    ),
    ports.policies.onNews(({ by, ...news }) =>
      inOrder(async () => {
        const person = by === undefined ? {} : { by: (await namePeople(ports, [by]))(by) }
        for (const { stream, viewer } of streams.values()) if (seesAllSessions(viewer)) stream.send('policy', { ...news, ...person })
      }),
    ),
    ports.workbench.drafts.onNews((news) =>
      inOrder(async () => {
        const told = 'present' in news ? { draft: news.draft, present: await namedPresence(ports, news.present) } : news
        for (const { stream, viewer } of streams.values()) if (seesAllSessions(viewer)) stream.send('policy', told)
      }),
    ),
    ports.sessions.ports.deviceChanges.onChange(() => inOrder(async () => tellMachine())),
    ports.grants.changes.onChange((request) => {
      // What it is about, each reads again as he may see it.
      for (const [id, { stream, viewer }] of streams) if (id === request.personId || isOnListOf(request, viewer)) stream.send('grant', {})
    }),
    peopleChanges.onChange((id, reason, about) => {
      // At once, not in the queue: what narrows does not wait.
      if (reason !== 'facts' && reason !== 'status') streams.get(id)?.stream.signOut((signIn) => endedBy(signIn, about))
      inOrder(() => readAgain(ports, streams, id))
    }),
  ]
}

const namedPresence = async (ports: HttpApiPorts, present: readonly PresentPerson[]) =>
  presentPresence(
    present,
    await namePeople(
      ports,
      present.map(({ person }) => person),
    ),
  )

/** The same rule as in `sign-in/follow-people.ts`: a sign-in that is newer than the change goes on. */
const endedBy = (signIn: SignIn, { at, providerSession }: ChangeDetail): boolean =>
  (at === undefined || signIn.authenticatedAt <= at) && (providerSession === undefined || signIn.providerSession === providerSession)

async function readAgain(ports: HttpApiPorts, streams: PersonalStreams, id: PersonId): Promise<void> {
  const entry = streams.get(id)
  if (entry === undefined) return
  const person = await ports.people.store.find(wholeInstallation, id)
  if (person === undefined || person.status !== 'active') return entry.stream.signOut(() => true)
  const narrower = seesAllSessions(entry.viewer) && !seesAllSessions(person)
  entry.viewer = person
  // What was kept for him as one who sees all sessions is not his any more.
  if (narrower) entry.stream.forget()
  entry.stream.send('me', {})
}
