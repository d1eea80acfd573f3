import { CodedError } from '../basics/coded-error.ts'
import type { Page } from '../basics/page.ts'
import { wholeInstallation } from '../basics/scope.ts'
import { amendPerson, changedAtProvider } from './amend-person.ts'
import type { ProviderAccount } from './identity-provider.ts'
import type { PeopleRoom } from './people-room.ts'
import type { Person } from './person.ts'

/**
 * Compares everybody with his account and takes the stricter side: who is disabled on one side, or has no account any more, is disabled on
 * both. Name and photo are the provider's.
 *
 * @throws CodedError `identity_provider_foreign` where it knows none of the administrators: then it is another database, and disabling
 *   everybody would leave nobody to undo it
 */
export async function reconcilePeople(room: PeopleRoom, signal: AbortSignal): Promise<void> {
  // People first: an account is older than its facts, so somebody who is just being made has his already.
  const people = await everybody(room)
  const accounts = new Map<string, ProviderAccount>()
  for await (const account of everyOne((after) => room.provider.accounts(after, signal))) accounts.set(account.subject, account)
  refuseForeignProvider(people, accounts)
  for (const person of people) {
    signal.throwIfAborted()
    await reconcile(room, person, accounts.get(person.subject))
  }
}

/** Everybody whose account is at this provider. */
export async function everybody(room: PeopleRoom): Promise<readonly Person[]> {
  const people: Person[] = []
  for await (const person of everyOne((after) => room.store.list(wholeInstallation, {}, { limit: 200, after }))) {
    if (person.issuer === room.provider.issuer) people.push(person)
  }
  return people
}

async function* everyOne<Item>(read: (after: string | null) => Promise<Page<Item>>): AsyncGenerator<Item> {
  let after: string | null = null
  do {
    const page: Page<Item> = await read(after)
    yield* page.items
    after = page.next
  } while (after !== null)
}

function refuseForeignProvider(people: readonly Person[], accounts: ReadonlyMap<string, ProviderAccount>): void {
  const administrators = people.filter(({ status, roles }) => status === 'active' && roles.includes('service_administrator'))
  if (administrators.length === 0 || administrators.some(({ subject }) => accounts.has(subject))) return
  throw new CodedError({
    code: 'identity_provider_foreign',
    message:
      'The identity provider knows none of the administrators: its database is not the one of this installation. Restore the right one.',
    remedy: 'fix',
  })
}

async function reconcile(room: PeopleRoom, before: Person, account: ProviderAccount | undefined): Promise<void> {
  const { id } = before
  const amended = await amendPerson(room, id, (person) => reconciled(person, account), changedAtProvider('account.reconciled'))
  if (amended === undefined) return
  if (amended.status === 'disabled' && account?.status === 'active') {
    await room.provider.changeAccount(account.subject, { status: 'disabled' })
    room.logger.error({ person: id }, 'a person who is disabled here had an enabled account at the identity provider: disabled there too')
  }
  if (amended.version === before.version) return
  if (amended.status === before.status) return room.changes.tell(id, 'facts')
  room.logger.error({ person: id, hasAccount: account !== undefined }, 'a person was disabled, as at the identity provider')
  room.changes.tell(id, 'status')
}

function reconciled(person: Person, account: ProviderAccount | undefined): Person {
  const { name, photoSha256 } = account ?? person
  const status = account?.status === 'active' ? person.status : 'disabled'
  const isSame = status === person.status && name === person.name && photoSha256 === person.photoSha256
  return isSame ? person : { ...person, status, name, photoSha256 }
}
