import type { PeopleChanges } from '../people/people-changes.ts'
import type { SignInRoom } from './sign-in-room.ts'

/** An account that was disabled, whose password changed or that signed out at the provider is signed out here at once, in every browser. */
export function followPeople(room: SignInRoom, changes: PeopleChanges): () => void {
  return changes.onChange((id, reason, { at, providerSession }) => {
    if (reason === 'facts') return
    // A sign-in that is newer than the change is not touched by it: the feed may be read late.
    room.store.deleteOfPerson(id, { authenticatedUntil: at, providerSession }).then(
      (count) => room.logger.info({ person: id, reason, count }, 'sign-ins of a person ended'),
      (error: unknown) => room.logger.error({ err: error, person: id }, 'sign-ins of a person could not be ended'),
    )
  })
}
