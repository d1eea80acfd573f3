import { describe, expect, it } from 'vitest'
import { CodedError } from '../basics/coded-error.ts'
import type { PersonId } from '../basics/ids.ts'
import { wholeInstallation } from '../basics/scope.ts'
import { gatewayActor } from '../ledger/event.ts'
import { organisationId } from '../storage/testing/example-records.ts'
import { changePerson, type PersonChangeRequest } from './change-person.ts'
import type { Person } from './person.ts'
import { PeopleWorld } from './testing/people-world.ts'

const change = (world: PeopleWorld, person: Person, request: PersonChangeRequest, room = world.room): Promise<Person> =>
  changePerson(room, wholeInstallation, person.id, person.version, request, gatewayActor)

describe('a change of facts', () => {
  it('is kept with its event and told at once', async () => {
    await using world = await PeopleWorld.make()
    const { person } = await world.create('mia')
    const changed = await change(world, person, { regions: ['south'], trainings: [] })
    expect(await world.person('mia')).toEqual(changed)
    expect(changed).toMatchObject({ regions: ['south'], trainings: [], roles: ['technician'], version: 2 })
    expect((await world.events('facts.changed'))[0]?.detail).toMatchObject({ person: person.id, regions: ['south'], trainings: [] })
    expect(world.told).toMatchObject([{ id: person.id, reason: 'facts' }])
  })

  it('of a version that is not the newest changes nothing', async () => {
    await using world = await PeopleWorld.make()
    const { person } = await world.create('mia')
    await change(world, person, { regions: ['south'] })
    await expect(change(world, person, { regions: ['west'] })).rejects.toMatchObject({ code: 'stale_version', remedy: 'conflict' })
    expect((await world.person('mia')).regions).toEqual(['south'])
  })

  it('of a person who is not there, or of another organisation, is refused as unknown', async () => {
    await using world = await PeopleWorld.make()
    const { person } = await world.create('mia')
    const nobody = `per_${'0'.repeat(32)}` as PersonId
    await expect(changePerson(world.room, wholeInstallation, nobody, 1, {}, gatewayActor)).rejects.toMatchObject({ code: 'person_unknown' })
    const elsewhere = { kind: 'organisation', id: organisationId('south') } as const
    await expect(changePerson(world.room, elsewhere, person.id, 1, {}, gatewayActor)).rejects.toMatchObject({ code: 'person_unknown' })
  })

  it('of the name goes to the provider too', async () => {
    await using world = await PeopleWorld.make()
    const { person } = await world.create('mia')
    await change(world, person, { name: 'Mia Neu' })
    expect(await world.account(person.subject)).toMatchObject({ name: 'Mia Neu' })
  })
})

describe('disabling and enabling', () => {
  it('act on both sides and tell that the status changed', async () => {
    await using world = await PeopleWorld.make()
    const { person } = await world.create('mia')
    const disabled = await change(world, person, { status: 'disabled' })
    expect(await world.account(person.subject)).toMatchObject({ status: 'disabled' })
    await change(world, disabled, { status: 'active' })
    expect(await world.account(person.subject)).toMatchObject({ status: 'active' })
    expect(world.told.map(({ reason }) => reason)).toEqual(['status', 'status'])
  })

  it('disables here also where the provider does not answer, and the provider follows when it is back', async () => {
    await using world = await PeopleWorld.make()
    await world.create('boss', { roles: ['service_administrator'] })
    const { person } = await world.create('mia')
    world.follow()
    await world.caughtUp()
    await world.idp.stop()
    await expect(change(world, person, { status: 'disabled' })).rejects.toMatchObject({ code: 'identity_provider_unreachable' })
    expect((await world.person('mia')).status).toBe('disabled')
    await expect.poll(() => world.logged.length, { timeout: 10_000 }).toBeGreaterThan(0)
    await world.idp.restart()
    world.clock.advance(1_000)
    await expect.poll(async () => (await world.account(person.subject))['status'], { timeout: 10_000 }).toBe('disabled')
  })

  it('enables nowhere where the provider does not answer', async () => {
    await using world = await PeopleWorld.make()
    const { person } = await world.create('mia')
    const disabled = await change(world, person, { status: 'disabled' })
    const changeAccount = async (): Promise<never> => {
      throw new CodedError({ code: 'identity_provider_unreachable', message: 'No answer.', remedy: 'retry' })
    }
    const room = { ...world.room, provider: { ...world.room.provider, changeAccount } }
    await expect(change(world, disabled, { status: 'active' }, room)).rejects.toMatchObject({ code: 'identity_provider_unreachable' })
    expect((await world.person('mia')).status).toBe('disabled')
  })
})

describe('the last active service administrator', () => {
  it.each<[string, PersonChangeRequest]>([
    ['loses neither the role', { roles: ['auditor'] }],
    ['nor the account', { status: 'disabled' }],
  ])('%s', async (_what, request) => {
    await using world = await PeopleWorld.make()
    const { person } = await world.create('boss', { roles: ['service_administrator'] })
    const { person: second } = await world.create('second', { roles: ['service_administrator'] })
    await change(world, second, { status: 'disabled' })
    await expect(change(world, person, request)).rejects.toMatchObject({ code: 'last_administrator', remedy: 'conflict' })
    expect(await world.person('boss')).toEqual(person)
    expect(await world.account(person.subject)).toMatchObject({ status: 'active' })
  })

  it('may go once there is another one, and may change everything else', async () => {
    await using world = await PeopleWorld.make()
    const { person } = await world.create('boss', { roles: ['service_administrator'] })
    const renamed = await change(world, person, { roles: ['service_administrator', 'auditor'], name: 'The Boss' })
    await world.create('second', { roles: ['service_administrator'] })
    expect((await change(world, renamed, { roles: [] })).roles).toEqual([])
  })

  it('is one of two who leave in the same moment', async () => {
    await using world = await PeopleWorld.make()
    const boss = (await world.create('boss', { roles: ['service_administrator'] })).person
    const second = (await world.create('second', { roles: ['service_administrator'] })).person
    const results = await Promise.allSettled([change(world, boss, { roles: [] }), change(world, second, { roles: [] })])
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })
})
