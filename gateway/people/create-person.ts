import { newPersonId, type OrganisationId } from '../basics/ids.ts'
import { sealed, type NewEvent } from '../ledger/event.ts'
import type { SetupLink } from './identity-provider.ts'
import type { PeopleRoom } from './people-room.ts'
import type { Person, Role, Training } from './person.ts'

export interface NewPersonFacts {
  readonly username: string
  readonly name: string
  readonly roles: readonly Role[]
  readonly regions: readonly string[]
  readonly permissions: readonly string[]
  readonly trainings: readonly Training[]
  /** Only a demo's provider takes one. */
  readonly initialPassword?: string
}

/**
 * One person, one personal account: made at the identity provider, its facts here. The link with which he sets his own password is in the
 * answer and nowhere else.
 */
export async function createPerson(
  room: PeopleRoom,
  organisationId: OrganisationId,
  facts: NewPersonFacts,
  actor: NewEvent['actor'],
): Promise<{ readonly person: Person; readonly setupLink: SetupLink }> {
  const { username, name, initialPassword } = facts
  const account = await room.provider.createAccount({ username, name, initialPassword })
  const person: Person = {
    id: newPersonId(room.random),
    organisationId,
    issuer: room.provider.issuer,
    subject: account.subject,
    username,
    name,
    photoSha256: null,
    status: 'active',
    roles: facts.roles,
    regions: facts.regions,
    permissions: facts.permissions,
    trainings: facts.trainings,
    undertaking: null,
    createdAt: room.clock.nowS(),
    version: 1,
  }
  await room.store.insert(person, [
    {
      log: { kind: 'o', organisation: organisationId },
      type: 'account.created',
      session: null,
      actor,
      detail: { person: sealed(person.id), username: sealed(username), ...factsDetail(person) },
    },
  ])
  return { person, setupLink: account.setupLink }
}

/** What an event says of a person's facts: nothing that names him. */
export const factsDetail = (person: Person) => ({
  permissions: [...person.permissions],
  regions: [...person.regions],
  roles: [...person.roles],
  status: person.status,
  trainings: person.trainings.map((training) => ({
    level: training.level,
    product_line: training.productLine,
    valid_until: training.validUntil,
  })),
})
