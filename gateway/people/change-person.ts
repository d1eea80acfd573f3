import { CodedError, isCodedError } from '../basics/coded-error.ts'
import type { PersonId } from '../basics/ids.ts'
import type { Scope } from '../basics/scope.ts'
import { sealed, type NewEvent } from '../ledger/event.ts'
import { factsDetail } from './facts-detail.ts'
import type { PeopleRoom } from './people-room.ts'
import type { Person } from './person.ts'

export type PersonChangeRequest = Partial<Pick<Person, 'name' | 'status' | 'roles' | 'regions' | 'permissions' | 'trainings'>>

/** The person, or `person_unknown`. */
export async function demandPerson(room: Pick<PeopleRoom, 'store'>, scope: Scope, id: PersonId): Promise<Person> {
  const person = await room.store.find(scope, id)
  if (person !== undefined) return person
  throw new CodedError({ code: 'person_unknown', message: 'There is no such person.', remedy: 'not_found' })
}

/**
 * Changes facts; name and status also at the identity provider. Whoever depends on them is told at once.
 *
 * @throws CodedError `person_unknown`, `stale_version`, `last_administrator`, or an error of the provider
 */
export async function changePerson(
  room: PeopleRoom,
  scope: Scope,
  id: PersonId,
  version: number,
  change: PersonChangeRequest,
  actor: NewEvent['actor'],
): Promise<Person> {
  const person = await demandPerson(room, scope, id)
  if (person.version !== version) {
    throw new CodedError({
      code: 'stale_version',
      message: 'Somebody changed this person in the meantime. Read again, then decide.',
      remedy: 'conflict',
    })
  }
  const changed: Person = { ...person, ...change, version: version + 1 }
  await keepOneAdministrator(room, person, changed)
  if (change.status === 'active' || change.name !== undefined) await tellProvider(room, person, change)
  await store(room, scope, person, changed, actor)
  room.changes.tell(id, changed.status === person.status ? 'facts' : 'status')
  // What narrows acts here first: the provider may be unreachable, and its own record follows.
  if (change.status === 'disabled') await tellProvider(room, person, change)
  return changed
}

async function tellProvider(room: PeopleRoom, person: Person, change: PersonChangeRequest): Promise<void> {
  const atProvider = {
    ...(change.name === undefined ? {} : { name: change.name }),
    ...(change.status === undefined ? {} : { status: change.status }),
  }
  await room.provider.changeAccount(person.subject, atProvider)
}

async function store(room: PeopleRoom, scope: Scope, before: Person, after: Person, actor: NewEvent['actor']): Promise<void> {
  const event: NewEvent = {
    log: { kind: 'o', organisation: after.organisationId },
    type: 'facts.changed',
    session: null,
    actor,
    detail: { person: sealed(after.id), ...factsDetail(after) },
  }
  try {
    await room.store.update(scope, after, [event], stopsAdministering(before, after) ? { keeps: 'service_administrator' } : undefined)
  } catch (error) {
    throw isCodedError(error, 'last_of_role') ? lastAdministrator() : error
  }
}

/** Asked before the provider is told anything; the store asks again in the moment of the change. */
async function keepOneAdministrator(room: PeopleRoom, before: Person, after: Person): Promise<void> {
  if (!stopsAdministering(before, after)) return
  const others = await room.store.list(
    { kind: 'organisation', id: before.organisationId },
    { role: 'service_administrator', status: 'active' },
    { limit: 2, after: null },
  )
  if (!others.items.some((other) => other.id !== before.id)) throw lastAdministrator()
}

const administers = ({ status, roles }: Person): boolean => status === 'active' && roles.includes('service_administrator')
const stopsAdministering = (before: Person, after: Person): boolean => administers(before) && !administers(after)

const lastAdministrator = (): CodedError =>
  new CodedError({
    code: 'last_administrator',
    message: 'This is the last active service administrator. Give somebody else the role first.',
    remedy: 'conflict',
  })
