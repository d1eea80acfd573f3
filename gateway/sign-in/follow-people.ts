import type { PersonId } from '../basics/ids.ts'
import { wholeInstallation } from '../basics/scope.ts'
import { sealed } from '../ledger/event.ts'
import type { PeopleChanges, PersonChange } from '../people/people-changes.ts'
import { signInEnded } from './sign-in-events.ts'
import type { SignInRoom } from './sign-in-room.ts'

/** An account that was disabled, whose password changed or that signed out at the provider is signed out here at once, in every browser. */
export function followPeople(room: SignInRoom, changes: PeopleChanges): () => void {
  return changes.onChange((id, reason, { at, providerSession }) => {
    if (reason === 'facts') return
    // A sign-in that is newer than the change is not touched by it: the feed may be read late.
    room.store
      .deleteOfPerson(id, { authenticatedUntil: at, providerSession })
      .then((count) => (count > 0 ? record(room, id, reason, count) : undefined))
      .catch((error: unknown) => room.logger.error({ err: error, person: id }, 'sign-ins of a person could not be ended'))
  })
}

async function record(room: SignInRoom, id: PersonId, reason: PersonChange, count: number): Promise<void> {
  room.logger.info({ person: id, reason, count }, 'sign-ins of a person ended')
  const person = await room.people.find(wholeInstallation, id)
  if (person === undefined) return
  await room.events.append([{ ...signInEnded(person, { count, person: sealed(id), reason }), actor: { kind: 'idp', id: 'idp' } }])
}
