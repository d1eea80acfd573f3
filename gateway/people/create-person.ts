import { isCodedError } from '../basics/coded-error.ts'
import { newPersonId, type OrganisationId } from '../basics/ids.ts'
import { scopeOf } from '../basics/scope.ts'
import { sealed, type NewEvent } from '../ledger/event.ts'
import { amendPerson, changedAtProvider } from './amend-person.ts'
import { factsDetail } from './facts-detail.ts'
import type { ProviderAccount, SetupLink } from './identity-provider.ts'
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

/** An account at the provider that cannot be used yet: just made, or left by an attempt that got no further. */
interface ReservedAccount {
  readonly account: ProviderAccount
  /** Of an account that was just made. */
  readonly setupLink: SetupLink | null
  /** Where the attempt before got as far as the facts. */
  readonly person: Person | null
}

/**
 * One person, one personal account, in three steps: a disabled account at the identity provider, its facts here, and only then it is
 * enabled. What fails or crashes in between leaves nothing that anybody could sign in with, and trying again goes on from there. The link
 * with which he sets his own password is in the answer and nowhere else.
 *
 * @throws CodedError `username_taken`, or another error of the provider
 */
export async function createPerson(
  room: PeopleRoom,
  organisationId: OrganisationId,
  facts: NewPersonFacts,
  actor: NewEvent['actor'],
): Promise<{ readonly person: Person; readonly setupLink: SetupLink }> {
  const reserved = await reserveAccount(room, organisationId, facts)
  const { subject } = reserved.account
  const person = await (reserved.person === null
    ? storeFacts(room, organisationId, reserved.account, facts, actor)
    : replaceFacts(room, reserved.person, facts, actor))
  const opened = await room.provider.changeAccount(subject, { name: facts.name, status: 'active' })
  const setupLink = reserved.setupLink ?? (await room.provider.newSetupLink(subject))
  return { person: await asOpened(room, person, opened), setupLink }
}

async function reserveAccount(room: PeopleRoom, organisationId: OrganisationId, facts: NewPersonFacts): Promise<ReservedAccount> {
  const { username, name, initialPassword } = facts
  try {
    return { ...(await room.provider.createAccount({ username, name, initialPassword })), person: null }
  } catch (error) {
    if (!isCodedError(error, 'username_taken')) throw error
    const left = await leftByAnAttempt(room, organisationId, facts)
    if (left === undefined) throw error
    room.logger.warn({ subject: left.account.subject }, 'the account of an attempt that was not finished is taken up')
    return left
  }
}

/** An account that nobody ever used: without facts, or disabled with facts under the same name. All others belong to somebody. */
async function leftByAnAttempt(
  room: PeopleRoom,
  organisationId: OrganisationId,
  { username, name }: NewPersonFacts,
): Promise<ReservedAccount | undefined> {
  const account = await room.provider.findAccount(username)
  if (account === undefined || account.used) return undefined
  const person = await room.store.findBySubject(room.provider.issuer, account.subject)
  if (person === undefined) return { account, setupLink: null, person: null }
  const sameAttempt =
    account.status === 'disabled' && person.name === name.normalize('NFC').trim() && person.organisationId === organisationId
  return sameAttempt ? { account, setupLink: null, person } : undefined
}

async function storeFacts(
  room: PeopleRoom,
  organisationId: OrganisationId,
  { subject, username, name, photoSha256 }: ProviderAccount,
  { roles, regions, permissions, trainings }: NewPersonFacts,
  actor: NewEvent['actor'],
): Promise<Person> {
  const person: Person = {
    id: newPersonId(room.random),
    organisationId,
    issuer: room.provider.issuer,
    subject,
    username,
    name,
    photoSha256,
    status: 'active',
    roles,
    regions,
    permissions,
    trainings,
    undertaking: null,
    createdAt: room.clock.nowS(),
    version: 1,
  }
  await room.store.insert(person, [eventOf('account.created', person, actor)])
  return person
}

async function replaceFacts(room: PeopleRoom, before: Person, facts: NewPersonFacts, actor: NewEvent['actor']): Promise<Person> {
  const { roles, regions, permissions, trainings } = facts
  const person: Person = { ...before, roles, regions, permissions, trainings, status: 'active', version: before.version + 1 }
  await room.store.update(scopeOf(person.organisationId), person, [eventOf('facts.changed', person, actor)])
  room.changes.tell(person.id, 'facts')
  return person
}

/** Name and photo may have changed before the facts were there: the feed told of it when there was nobody to keep it for. */
async function asOpened(room: PeopleRoom, person: Person, opened: ProviderAccount): Promise<Person> {
  if (opened.photoSha256 === person.photoSha256 && opened.name === person.name) return person
  const newest = async (known: Person): Promise<Person> => {
    // Read after the person: so it is never older than what the feed brought him.
    const { name, photoSha256 } = await room.provider.account(known.subject)
    return name === known.name && photoSha256 === known.photoSha256 ? known : { ...known, name, photoSha256 }
  }
  const amended = await amendPerson(room, person.id, newest, changedAtProvider('account.profile'))
  return amended ?? person
}

function eventOf(type: 'account.created' | 'facts.changed', person: Person, actor: NewEvent['actor']): NewEvent {
  return {
    log: { kind: 'o', organisation: person.organisationId },
    type,
    session: null,
    actor,
    detail: {
      person: sealed(person.id),
      ...(type === 'account.created' ? { username: sealed(person.username) } : {}),
      ...factsDetail(person),
    },
  }
}
