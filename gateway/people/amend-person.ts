import { isCodedError } from '../basics/coded-error.ts'
import type { PersonId } from '../basics/ids.ts'
import { wholeInstallation } from '../basics/scope.ts'
import { sealed, type NewEvent } from '../ledger/event.ts'
import { factsDetail } from './facts-detail.ts'
import type { PeopleRoom } from './people-room.ts'
import type { Person } from './person.ts'

/**
 * A change that holds whatever else changes: where somebody changes the facts in the same moment, `amend` is asked again with the newest.
 * It gives back its argument where nothing is to be changed.
 */
export async function amendPerson(
  room: Pick<PeopleRoom, 'store'>,
  id: PersonId,
  amend: (person: Person) => Person | Promise<Person>,
  eventOf: (amended: Person) => NewEvent,
): Promise<Person | undefined> {
  for (;;) {
    const person = await room.store.find(wholeInstallation, id)
    if (person === undefined) return undefined
    const next = await amend(person)
    if (next === person) return person
    const amended = { ...next, version: person.version + 1 }
    try {
      await room.store.update(wholeInstallation, amended, [eventOf(amended)])
      return amended
    } catch (error) {
      if (!isCodedError(error, 'stale_version')) throw error
    }
  }
}

/** The identity provider says what changed. */
export const changedAtProvider =
  (change: string) =>
  (person: Person): NewEvent => ({
    log: { kind: 'o', organisation: person.organisationId },
    type: 'account.changed',
    session: null,
    actor: { kind: 'idp', id: 'idp' },
    detail: { change, person: sealed(person.id), ...factsDetail(person) },
  })
