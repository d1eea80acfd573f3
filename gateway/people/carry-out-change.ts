import { amendPerson, changedAtProvider } from './amend-person.ts'
import type { AccountChange } from './identity-provider.ts'
import type { PersonChange } from './people-changes.ts'
import type { PeopleRoom } from './people-room.ts'
import type { Person } from './person.ts'

/** Carrying out a change twice changes nothing: after a crash it comes again. */
export async function carryOutChange(room: PeopleRoom, change: AccountChange): Promise<void> {
  const person = await room.store.findBySubject(room.provider.issuer, change.sub)
  // An account without facts: whoever gives it some reads there what it is by then (create-person.ts).
  if (person === undefined) return
  await amendPerson(room, person.id, (newest) => applied(newest, change), changedAtProvider(change.type))
  const reason = reasonOf(change)
  if (reason !== null) room.changes.tell(person.id, reason, { at: change.time, providerSession: change.sid })
}

function applied(person: Person, change: AccountChange): Person {
  if (change.status !== undefined && change.status !== person.status) return { ...person, status: change.status }
  if (change.name !== undefined && change.name !== person.name) return { ...person, name: change.name }
  if (change.photo_sha256 !== undefined && change.photo_sha256 !== person.photoSha256)
    return { ...person, photoSha256: change.photo_sha256 }
  return person
}

function reasonOf(change: AccountChange): PersonChange | null {
  if (change.type === 'account.status') return 'status'
  if (change.type === 'account.credentials') return 'credentials'
  if (change.type === 'account.signed_out') return 'signed_out'
  if (change.type === 'account.profile' || change.type === 'account.photo') return 'facts'
  return null
}
