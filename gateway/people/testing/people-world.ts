import { join } from 'node:path'
import { expect } from 'vitest'
import type { FakeClock } from '../../basics/fake-clock.ts'
import type { Logger } from '../../basics/logger.ts'
import { silentLogger } from '../../basics/logger.ts'
import { systemRandom } from '../../basics/random.ts'
import { wholeInstallation } from '../../basics/scope.ts'
import { gatewayActor, type RecordedEvent } from '../../ledger/event.ts'
import { exampleOrganisation, organisationId } from '../../storage/testing/example-records.ts'
import { temporaryStorage, type TemporaryStorage } from '../../storage/testing/temporary-storage.ts'
import { adminToken, TestIdp } from '../../../idp/test-support/test-idp.ts'
import { createPerson, type NewPersonFacts } from '../create-person.ts'
import { followFeed } from '../follow-feed.ts'
import { createIdpAdminClient } from '../idp-admin-client.ts'
import { PeopleChanges, type ChangeDetail, type PersonChange } from '../people-changes.ts'
import type { PeopleRoom } from '../people-room.ts'
import type { Person } from '../person.ts'

export interface Told {
  readonly id: string
  readonly reason: PersonChange
  readonly about: ChangeDetail
}

const north = organisationId('north')

/** The room over a real store and the real identity provider, each in a folder of its own. */
export class PeopleWorld implements AsyncDisposable {
  readonly storage: TemporaryStorage
  readonly idp: TestIdp
  readonly room: PeopleRoom
  /** What was told to those who depend on people. */
  readonly told: Told[] = []
  readonly logged: { readonly level: 'warn' | 'error'; readonly message: string }[] = []
  #following: { readonly end: AbortController; readonly ended: Promise<void> } | undefined

  private constructor(storage: TemporaryStorage, idp: TestIdp) {
    this.storage = storage
    this.idp = idp
    const changes = new PeopleChanges()
    changes.onChange((id, reason, about) => void this.told.push({ id, reason, about }))
    this.room = {
      store: storage.storage.people,
      provider: createIdpAdminClient({ issuer: idp.issuer, socket: join(idp.folder, 'admin.sock'), token: adminToken }),
      changes,
      clock: storage.clock,
      random: systemRandom,
      logger: this.#logger(),
    }
  }

  static async make(): Promise<PeopleWorld> {
    const storage = await temporaryStorage()
    await storage.storage.people.insertOrganisation({ ...exampleOrganisation('north'), kind: 'service' }, [])
    return new PeopleWorld(storage, await TestIdp.start())
  }

  get clock(): FakeClock {
    return this.storage.clock
  }

  create(username: string, change: Partial<NewPersonFacts> = {}, room = this.room): ReturnType<typeof createPerson> {
    return createPerson(room, north, { ...factsOf(username), ...change }, gatewayActor)
  }

  async person(username: string): Promise<Person> {
    const { items } = await this.room.store.list(wholeInstallation, { search: username }, { limit: 10, after: null })
    expect(items.map((person) => person.username)).toEqual([username])
    return items[0] as Person
  }

  async events(type: RecordedEvent['type']): Promise<readonly RecordedEvent[]> {
    return (await this.storage.storage.events.list(wholeInstallation, { type }, { limit: 100, after: null })).items
  }

  async account(subject: string): Promise<Record<string, unknown>> {
    return (await this.idp.admin('GET', `/admin/accounts/${subject}`)).json as Record<string, unknown>
  }

  /** Changes an account past the gateway. */
  async atIdp(subject: string, change: object): Promise<void> {
    expect((await this.idp.admin('PATCH', `/admin/accounts/${subject}`, change)).status).toBe(200)
  }

  follow(room = this.room): void {
    const end = new AbortController()
    this.#following = { end, ended: followFeed(room, end.signal) }
  }

  async unfollow(): Promise<void> {
    this.#following?.end.abort()
    await this.#following?.ended
    this.#following = undefined
  }

  /** Until the feed of the provider is carried out up to its end. */
  async caughtUp(): Promise<void> {
    await expect
      .poll(
        async () => (await this.room.store.feedPosition(this.idp.issuer)) - Number((await this.idp.admin('GET', '/admin/feed')).json.last),
        {
          timeout: 10_000,
        },
      )
      .toBe(0)
  }

  #logger(): Logger {
    return {
      ...silentLogger,
      warn: (_fields, message) => void this.logged.push({ level: 'warn', message }),
      error: (_fields, message) => void this.logged.push({ level: 'error', message }),
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.unfollow()
    await this.idp[Symbol.asyncDispose]()
    await this.storage.close()
  }
}

const factsOf = (username: string): NewPersonFacts => ({
  username,
  name: `Name of ${username}`,
  roles: ['technician'],
  regions: ['north'],
  permissions: ['remote_access'],
  trainings: [{ productLine: 'press', level: 2, validUntil: 1_900_000_000 }],
})
