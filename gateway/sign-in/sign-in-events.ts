import { sealed, technician, type NewEvent } from '../ledger/event.ts'
import type { Person } from '../people/person.ts'
import type { SignIn } from './sign-in-store.ts'

/** Each is written in the same unit as what it says. */
export const signInCompleted = (person: Person, { address, client, methods }: SignIn): NewEvent => ({
  log: { kind: 'o', organisation: person.organisationId },
  type: 'sign_in.completed',
  session: null,
  actor: technician(person.id),
  detail: { address: address === null ? null : sealed(address), client, methods: [...methods] },
})

export const signInEnded = (person: Person, detail: NewEvent['detail'] = {}): NewEvent => ({
  log: { kind: 'o', organisation: person.organisationId },
  type: 'sign_in.ended',
  session: null,
  actor: technician(person.id),
  detail,
})
