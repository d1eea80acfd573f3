import { CodedError } from '../basics/coded-error.ts'
import { scopeOf } from '../basics/scope.ts'
import { sealed, technician } from '../ledger/event.ts'
import type { PeopleRoom } from './people-room.ts'
import type { Person } from './person.ts'

/** A person has read the undertaking and signs it. Only the version that policy asks for counts. */
export async function acceptUndertaking(room: PeopleRoom, person: Person, version: string, requiredVersion: string): Promise<Person> {
  if (version !== requiredVersion) {
    throw new CodedError({
      code: 'undertaking_outdated',
      message: 'There is a newer version of the undertaking. Read that one.',
      remedy: 'conflict',
    })
  }
  const acceptedAt = room.clock.nowS()
  const changed: Person = { ...person, undertaking: { version, acceptedAt }, version: person.version + 1 }
  await room.store.update(scopeOf(person.organisationId), changed, [
    {
      log: { kind: 'o', organisation: person.organisationId },
      type: 'undertaking.accepted',
      session: null,
      actor: technician(person.id),
      detail: { person: sealed(person.id), version },
    },
  ])
  room.changes.tell(person.id, 'facts')
  return changed
}
