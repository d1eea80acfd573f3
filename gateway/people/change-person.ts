import { CodedError } from '../basics/coded-error.ts'
import type { PersonId } from '../basics/ids.ts'
import type { Scope } from '../basics/scope.ts'
import { sealed, type NewEvent } from '../ledger/event.ts'
import { factsDetail } from './create-person.ts'
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
  await room.store.update(scope, changed, [
    {
      log: { kind: 'o', organisation: person.organisationId },
      type: 'facts.changed',
      session: null,
      actor,
      detail: { person: sealed(person.id), ...factsDetail(changed) },
    },
  ])
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

async function keepOneAdministrator(room: PeopleRoom, before: Person, after: Person): Promise<void> {
  const isAdministrator = (person: Person): boolean => person.status === 'active' && person.roles.includes('service_administrator')
  if (!isAdministrator(before) || isAdministrator(after)) return
  const others = await room.store.list(
    { kind: 'organisation', id: before.organisationId },
    { role: 'service_administrator', status: 'active' },
    { limit: 2, after: null },
  )
  if (others.items.some((other) => other.id !== before.id)) return
  throw new CodedError({
    code: 'last_administrator',
    message: 'This is the last active service administrator. Give somebody else the role first.',
    remedy: 'conflict',
  })
}
