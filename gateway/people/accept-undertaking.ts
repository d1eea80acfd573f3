import { CodedError } from '../basics/coded-error.ts'
import { sealed, technician } from '../ledger/event.ts'
import { amendPerson } from './amend-person.ts'
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
  const undertaking = { version, acceptedAt: room.clock.nowS() }
  const changed = await amendPerson(
    room,
    person.id,
    (newest) => ({ ...newest, undertaking }),
    ({ organisationId, id }) => ({
      log: { kind: 'o', organisation: organisationId },
      type: 'undertaking.accepted',
      session: null,
      actor: technician(id),
      detail: { person: sealed(id), version },
    }),
  )
  if (changed === undefined) throw new CodedError({ code: 'person_unknown', message: 'There is no such person.', remedy: 'not_found' })
  room.changes.tell(person.id, 'facts')
  return changed
}
